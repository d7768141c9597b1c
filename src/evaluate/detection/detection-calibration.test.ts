import { expect, test } from "vitest";
import { draws } from "../../core/random.js";
import type { Box } from "../../data/boxes/box.js";
import { detectionCalibration, fitPlatt, fitScoreScaling } from "./detection-calibration.js";
import type { DetectionPicture } from "./match.js";

const at = (x: number): Box => [x, 0, x + 10, 10];
const logit = (p: number) => Math.log(p / (1 - p));
const logistic = (u: number) => 1 / (1 + Math.exp(-u));

/** Images whose detections are right with probability σ(slope · logit(score) + offset), by class. */
function drawn(n: number, scalings: readonly (readonly [slope: number, offset: number, each: number])[]) {
  const d = draws(1, "calibration");
  return Array.from({ length: n }, (): DetectionPicture => {
    const truths: { label: number; box: Box }[] = [];
    const detections: { label: number; box: Box; score: number }[] = [];
    for (const [label, [slope, offset, each]] of scalings.entries())
      for (let i = 0; i < each; i++) {
        const score = 0.03 + 0.94 * d.uniform();
        const box = at(20 * detections.length);
        detections.push({ label, box, score });
        if (d.uniform() < logistic(slope * logit(score) + offset)) truths.push({ label, box });
      }
    return { truths, detections };
  });
}

test("finds the scaling of each class, and the error falls", () => {
  const pictures = drawn(2000, [
    [2, -0.5, 3],
    [0.6, 1, 3],
  ]);
  const scaling = fitScoreScaling(pictures, 2);
  // 6,000 detections: the standard error is about 0.05.
  expect(Math.abs(scaling[0]!.slope - 2)).toBeLessThan(0.2);
  expect(Math.abs(scaling[0]!.offset + 0.5)).toBeLessThan(0.15);
  expect(Math.abs(scaling[1]!.slope - 0.6)).toBeLessThan(0.1);
  const calibrated = pictures.map(({ truths, detections }) => ({
    truths,
    detections: detections.map((one) => {
      const { slope, offset } = scaling[one.label]!;
      return { ...one, score: logistic(slope * logit(one.score) + offset) };
    }),
  }));
  const [before, after] = [pictures, calibrated].map((some) => detectionCalibration(some, 2, { lowest: 0 }));
  expect(before!.ece!).toBeGreaterThan(0.07);
  expect(after!.ece!).toBeLessThan(0.02);
});

test("a class with under 50 detections has the scaling of all; with under 50 in all, scores stay", () => {
  const pictures = drawn(30, [
    [2, 0, 3],
    [2, 0, 1],
  ]);
  const [first, second] = fitScoreScaling(pictures, 2);
  expect(first!.slope).not.toBe(second!.slope);
  const all = pictures.flatMap(({ truths, detections }) =>
    [...detections]
      .sort((a, b) => a.label - b.label)
      .map((one) => ({ score: one.score, right: truths.some(({ box }) => box === one.box) })),
  );
  const shared = fitPlatt(
    all.map(({ score }) => score),
    all.map(({ right }) => right),
  );
  // The sums have another order.
  expect(second!.slope).toBeCloseTo(shared.slope, 6);
  expect(fitScoreScaling(pictures.slice(0, 12), 2)).toEqual([
    { slope: 1, offset: 0 },
    { slope: 1, offset: 0 },
  ]);
});

test("duplicates are wrong, and detections of crowds and low scores do not count", () => {
  const pictures: DetectionPicture[] = [
    {
      truths: [
        { label: 0, box: at(0) },
        { label: 0, box: at(100), crowd: true },
      ],
      detections: [
        { label: 0, box: at(0), score: 0.9 },
        { label: 0, box: at(1), score: 0.8 },
        { label: 0, box: at(100), score: 0.7 },
        { label: 0, box: at(200), score: 0.01 },
      ],
    },
  ];
  const { n, ece, bins } = detectionCalibration(pictures, 1, { bins: 10 });
  expect(n).toBe(2);
  // The scores 0.9 (right) and 0.8 (wrong) lie in two bins: ½ |1 − 0.9| + ½ |0 − 0.8|.
  expect(ece).toBeCloseTo(0.45, 12);
  expect(bins.map((bin) => bin.n)).toEqual([0, 0, 0, 0, 0, 0, 0, 1, 1, 0]);
  expect(detectionCalibration([], 1).ece).toBeNull();
});
