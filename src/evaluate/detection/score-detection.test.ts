import { describe, expect, test } from "vitest";
import { type CocoCase, picturesOf, readCocoCases } from "../../../test/support/coco-cases.js";
import { draws } from "../../core/random.js";
import type { Box } from "../../data/boxes/box.js";
import { type DetectionPicture, iouThresholds, recallLevels } from "./match.js";
import { detectionDifference, scoreDetection } from "./score-detection.js";

// Values of pycocotools on the same boxes: test/golden/coco.json. Undefined is −1 there, null here.
const cases = readCocoCases();
/** pycocotools marks a match by the annotation's id, so a match with the id 0 counts as none. */
const withIdZero = (one: CocoCase) => one.annotations.some(({ id }) => id === 0);

describe("scores equal pycocotools", () => {
  test.each(cases.filter((one) => !withIdZero(one)).map((one) => [one.name, one] as const))(
    "%s",
    (_, one) => {
      const { pictures, classes } = picturesOf(one);
      const scores = scoreDetection(pictures, classes, { intervals: false });
      const { small, medium, large } = scores.ap_by_size;
      const ar = scores.ar_by_size;
      const stats = [
        ...[scores.ap, scores.ap50, scores.ap75, small, medium, large],
        ...[scores.ar1, scores.ar10, scores.ar100, ar.small, ar.medium, ar.large],
      ];
      // Sums of up to 10,100 numbers in another order.
      for (const [i, value] of stats.entries())
        expect(value ?? -1, one.expected.names[i]).toBeCloseTo(one.expected.stats[i]!, 12);
      const byId = [...one.categories].sort((a, b) => a.id - b.id);
      for (const [k, { id }] of byId.entries()) {
        const expected = one.expected.by_class[id] ?? null;
        expect(scores.classes[k]!.ap ?? -1).toBeCloseTo(expected?.AP ?? -1, 12);
        expect(scores.classes[k]!.ap50 ?? -1).toBeCloseTo(expected?.AP50 ?? -1, 12);
      }
    },
  );
});

test("a match with the annotation id 0 counts, unlike in pycocotools", () => {
  const one = cases.find(withIdZero)!;
  const { pictures, classes } = picturesOf(one);
  expect(scoreDetection(pictures, classes, { intervals: false }).ap).toBeCloseTo(1, 12);
});

test("thresholds and recall levels are those of NumPy's linspace", () => {
  expect(iouThresholds[8]).toBe(0.8999999999999999);
  expect(recallLevels[35]).toBe(0.35000000000000003);
});

const box = (x: number, y: number, w: number, h: number): Box => [x, y, x + w, y + h];
const truth = { label: 0, box: box(10, 10, 40, 40) };

test("a difficult object counts neither as found nor as missed", () => {
  const pictures: DetectionPicture[] = [
    {
      truths: [truth, { ...truth, box: box(100, 10, 40, 40), difficult: true }],
      detections: [
        { ...truth, score: 0.8 },
        { label: 0, box: box(100, 10, 40, 40), score: 0.9 },
      ],
    },
  ];
  expect(scoreDetection(pictures, ["a"]).ap).toBeCloseTo(1, 12);
});

test("refuses scores that are not numbers", () => {
  const pictures = [{ truths: [truth], detections: [{ ...truth, score: Number.NaN }] }];
  expect(() => scoreDetection(pictures, ["a"])).toThrow("a detection of picture 1 has the score NaN");
});

/** Images with `truths` boxes each; a share of the boxes is found, with some false detections. */
function drawn(n: number, truths: number, detections: number, found: number, seed = 1): DetectionPicture[] {
  return Array.from({ length: n }, (_, i) => {
    const d = draws(seed, "detections", i);
    const own = Array.from({ length: truths }, () => ({
      label: d.integer(3),
      box: box(300 * d.uniform(), 300 * d.uniform(), 20 + 40 * d.uniform(), 20 + 40 * d.uniform()),
    }));
    const near = own
      .filter(() => d.uniform() < found)
      .map(({ label, box: [x1, y1, x2, y2] }) => ({
        label,
        box: [x1 + 4 * d.uniform(), y1 + 4 * d.uniform(), x2, y2] as const,
        score: 0.3 + 0.7 * d.uniform(),
      }));
    const false_ = Array.from({ length: detections - near.length }, () => ({
      label: d.integer(3),
      box: box(300 * d.uniform(), 300 * d.uniform(), 30, 30),
      score: 0.6 * d.uniform(),
    }));
    return { truths: own, detections: [...near, ...false_] };
  });
}

test("a resample equals copies of the drawn images", () => {
  const pictures = drawn(12, 4, 10, 0.7);
  const copied = scoreDetection([...pictures, ...pictures], ["a", "b", "c"], { intervals: false });
  const once = scoreDetection(pictures, ["a", "b", "c"], { intervals: false });
  // Every image twice: the curves have the same shape. Copies of false boxes come behind copies of right ones by one place.
  expect(Math.abs(copied.ap! - once.ap!)).toBeLessThan(0.02);
});

test("the interval holds the score, and is deterministic", () => {
  const pictures = drawn(40, 4, 10, 0.7);
  const scores = scoreDetection(pictures, ["a", "b", "c"]);
  expect(scores.ap50_ci95![0]).toBeLessThan(scores.ap50!);
  expect(scores.ap50_ci95![1]).toBeGreaterThan(scores.ap50!);
  expect(scoreDetection(pictures, ["a", "b", "c"])).toEqual(scores);
});

test("the paired difference of a model with itself is 0, and that of a better one above 0", () => {
  const [better, worse] = [drawn(40, 4, 10, 0.9), drawn(40, 4, 10, 0.4)];
  expect(detectionDifference(better, better, 3)).toEqual({ value: 0, ci95: null });
  const paired = worse.map(({ detections }, i) => ({
    truths: better[i]!.truths,
    detections: [...detections],
  }));
  const { value, ci95 } = detectionDifference(better, paired, 3, { measure: "ap50" })!;
  expect(value).toBeGreaterThan(0.3);
  expect(ci95![0]).toBeGreaterThan(0);
});

test("the number of compared boxes grows in proportion to the number of images", () => {
  let reads = 0;
  const counted = <T extends { readonly box: Box }>(one: T): T => ({
    ...one,
    get box() {
      reads++;
      return one.box;
    },
  });
  const pictures = drawn(500, 20, 100, 0.8).map(({ truths, detections }) => ({
    truths: truths.map(counted),
    detections: detections.map(counted),
  }));
  const readsOf = (some: readonly DetectionPicture[]): number => {
    reads = 0;
    scoreDetection(some, ["a", "b", "c"], { intervals: false });
    return reads;
  };
  const half = readsOf(pictures);
  expect(half).toBeGreaterThan(500 * 120);
  expect(readsOf([...pictures, ...pictures])).toBe(2 * half);
});
