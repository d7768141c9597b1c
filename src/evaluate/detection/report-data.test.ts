import { expect, test } from "vitest";
import type { Box } from "../../data/boxes/box.js";
import { averagePrecisions } from "./average-precision.js";
import { boxCountTable, boxSizeTable } from "./box-tables.js";
import { errorGains } from "./error-gains.js";
import type { ErrorKind } from "./error-kinds.js";
import { type DetectionPicture, matchClasses } from "./match.js";
import { pointsAt } from "./operating-point.js";
import { f1Curve, precisionRecallCurve } from "./score-curves.js";
import { worstPictures } from "./worst-pictures.js";

const at = (x: number, w = 10): Box => [x, 0, x + w, 10];
const truth = (label: number, x: number, more = {}) => ({ label, box: at(x), ...more });
const detection = (label: number, x: number, score: number, w = 10) => ({ label, box: at(x, w), score });

test("the worst picture has the most missed boxes and false scores", () => {
  const pictures: DetectionPicture[] = [
    { truths: [truth(0, 0)], detections: [detection(0, 0, 0.9)] },
    { truths: [], detections: [detection(0, 0, 0.9), detection(1, 50, 0.5), detection(1, 90, 0.2)] },
    // Another class: wrong by its score, and the box is missed.
    { truths: [truth(0, 0), truth(0, 50)], detections: [detection(1, 0, 0.8), detection(0, 50, 0.7)] },
    { truths: [truth(0, 0, { crowd: true })], detections: [detection(0, 0, 0.9)] },
  ];
  const worst = worstPictures(pictures, 0.3);
  expect(worst.map(({ picture, trouble }) => [picture, trouble])).toEqual([
    [2, 1.8],
    [1, 1.4],
    [0, 0],
    [3, 0],
  ]);
  expect(worst[0]).toMatchObject({ found: 1, missed: 1, wrong: 1 });
  expect(worst[0]!.errors.truths).toEqual(["explained", "found"]);
  expect(worst[0]!.errors.about).toEqual([0, 1]);
});

/** By falling score: right, wrong, right; three truths, of which one is never found. */
const three: DetectionPicture[] = [
  {
    truths: [truth(0, 0), truth(0, 50), truth(0, 100)],
    detections: [detection(0, 0, 0.9), detection(0, 200, 0.8), detection(0, 50, 0.65)],
  },
];

test("the precision–recall curve has the highest precision at each recall, and its mean is the average precision", () => {
  const [matches] = matchClasses(three, 1);
  const curve = precisionRecallCurve(matches!)!;
  expect(curve).toHaveLength(101);
  expect(curve[33]).toEqual({ recall: 0.33, precision: 1, threshold: 0.9 });
  expect(curve[34]).toEqual({ recall: 0.34, precision: 2 / 3, threshold: 0.65 });
  expect(curve[66]).toMatchObject({ precision: 2 / 3, threshold: 0.65 });
  expect(curve[67]).toMatchObject({ precision: 0, threshold: null });
  const mean = curve.reduce((sum, { precision }) => sum + precision, 0) / 101;
  expect(mean).toBeCloseTo((34 + 33 * (2 / 3)) / 101, 12);
  expect(mean).toBeCloseTo(averagePrecisions(matches!)![0]!, 12);
});

test("a class without a true box has no curve", () => {
  expect(precisionRecallCurve(matchClasses(three, 2)[1]!)).toBeUndefined();
});

test("the F1–confidence curve has the counts of the detections from each threshold on", () => {
  const curve = f1Curve(matchClasses(three, 1));
  expect(curve.map(({ threshold }) => threshold)).toEqual(Array.from({ length: 101 }, (_, i) => i / 100));
  // F1 = 2 right / (2 right + wrong + missed)
  expect(curve[0]).toMatchObject({ right: 2, wrong: 1, missed: 1, f1: 4 / 6 });
  expect(curve[65]!.f1).toBe(4 / 6);
  expect(curve[66]).toMatchObject({ right: 1, wrong: 1, missed: 2, f1: 2 / 5 });
  expect(curve[81]).toMatchObject({ right: 1, wrong: 0, missed: 2, f1: 2 / 4 });
  expect(curve[100]).toMatchObject({ right: 0, wrong: 0, missed: 3, precision: null, recall: 0, f1: 0 });
});

test("counts at a threshold without any detection miss every box", () => {
  const [point] = pointsAt(matchClasses([{ truths: [truth(0, 0)], detections: [] }], 1), [0.5]);
  expect(point).toMatchObject({ threshold: 0.5, right: 0, wrong: 0, missed: 1, f1: 0 });
});

test("sizes are counted by class as COCO's are, by the area of the shape if there is one", () => {
  const box = (side: number): Box => [0, 0, side, side];
  const pictures = [
    {
      truths: [
        { label: 0, box: box(32) },
        { label: 0, box: box(33) },
        { label: 1, box: box(200), area: 50 },
      ],
    },
    {
      truths: [
        { label: 0, box: box(96) },
        { label: 0, box: box(97) },
      ],
    },
    { truths: [{ label: 1, box: box(9), crowd: true }] },
  ];
  expect(boxSizeTable(pictures, ["a", "b", "c"])).toEqual([
    { name: "a", boxes: 4, pictures: 2, small: 1, medium: 2, large: 1, side: (33 + 96) / 2 },
    { name: "b", boxes: 1, pictures: 1, small: 1, medium: 0, large: 0, side: Math.sqrt(50) },
    { name: "c", boxes: 0, pictures: 0, small: 0, medium: 0, large: 0, side: null },
  ]);
});

test("found, wrong and missed boxes are counted by class", () => {
  const rows = boxCountTable(matchClasses(three, 2), ["a", "b"], 0.7);
  expect(rows[0]).toMatchObject({ name: "a", threshold: 0.7, right: 1, wrong: 1, missed: 2, recall: 1 / 3 });
  expect(rows[1]).toMatchObject({ name: "b", right: 0, wrong: 0, missed: 0, recall: null, f1: 1 });
});

const gainOf = (pictures: readonly DetectionPicture[], kind: ErrorKind, classes = 1) =>
  errorGains(pictures, classes, 0.3).kinds.find((one) => one.kind === kind)!;

test("a mended place error finds its object", () => {
  const pictures = [
    { truths: [truth(0, 0), truth(0, 100)], detections: [detection(0, 0, 0.9), detection(0, 106, 0.8)] },
  ];
  // Recall 0.5 with precision 1: 51 of 101 levels; mended all of them.
  expect(errorGains(pictures, 1, 0.3).ap50).toBeCloseTo(51 / 101, 12);
  const { count, gain } = gainOf(pictures, "place");
  expect(count).toBe(1);
  expect(gain).toBeCloseTo(50 / 101, 12);
});

test("a mended class error counts for the right class", () => {
  const pictures = [
    { truths: [truth(0, 0), truth(1, 50)], detections: [detection(0, 0, 0.9), detection(0, 50, 0.95)] },
  ];
  // Class 0: precision 1/2 at recall 1; class 1: 0. Mended: 1 and 1.
  expect(errorGains(pictures, 2, 0.3).ap50).toBeCloseTo(1 / 4, 12);
  expect(gainOf(pictures, "class", 2).gain).toBeCloseTo(3 / 4, 12);
});

test("of a mended detection and the one that found the object, the one with the higher score stays", () => {
  // Place error first (IoU 4/16), then the object is found; a second object is missed.
  const pictures = [
    { truths: [truth(0, 0), truth(0, 100)], detections: [detection(0, 6, 0.9), detection(0, 0, 0.8)] },
  ];
  // Precision 1/2 at recall 0.5. Mended: one detection, right, so precision 1.
  expect(gainOf(pictures, "place").gain).toBeCloseTo(51 / 101 / 2, 12);
});

test("double and background errors are removed", () => {
  const pictures = [
    {
      truths: [truth(0, 0), truth(0, 100)],
      detections: [
        detection(0, 0, 0.9),
        detection(0, 1, 0.8),
        detection(0, 300, 0.7),
        detection(0, 100, 0.6),
      ],
    },
  ];
  // Precision 1 up to recall 0.5, then 2/4; without one of the two errors 2/3.
  const before = (51 + 50 * (2 / 4)) / 101;
  const after = (51 + 50 * (2 / 3)) / 101;
  expect(errorGains(pictures, 1, 0.3).ap50).toBeCloseTo(before, 12);
  for (const kind of ["double", "background"] as const)
    expect(gainOf(pictures, kind)).toEqual({ kind, count: 1, gain: expect.closeTo(after - before, 12) });
});

test("missed objects are taken out of the recall", () => {
  expect(errorGains(three, 1, 0.3).ap50).toBeCloseTo((34 + 33 * (2 / 3)) / 101, 12);
  // Recall 0.5 with precision 1, then 2/3: 51 and 50 levels.
  expect(gainOf(three, "missed").gain).toBeCloseTo((51 + 50 * (2 / 3) - 34 - 33 * (2 / 3)) / 101, 12);
});

test("detections below the threshold count neither before nor after, and without a true box there is no gain", () => {
  const low = [{ truths: [truth(0, 0)], detections: [detection(0, 0, 0.9), detection(0, 200, 0.95)] }];
  expect(errorGains(low, 1, 0.92).ap50).toBe(0);
  const empty = errorGains([{ truths: [], detections: [detection(0, 0, 0.9)] }], 1, 0.3);
  expect(empty.ap50).toBeNull();
  expect(empty.kinds.find(({ kind }) => kind === "background")).toEqual({
    kind: "background",
    count: 1,
    gain: null,
  });
});
