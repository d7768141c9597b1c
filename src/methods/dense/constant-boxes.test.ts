import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { Box } from "../../data/boxes/box.js";
import { type BoxedPicture, clusterBoxes, fitConstantBoxes, moveCentres } from "./constant-boxes.js";

// Values of an independent k-means in NumPy: scripts/golden/make-dense-baselines.py.
const { clusters } = JSON.parse(
  readFileSync(new URL("../../../test/golden/dense-baselines.json", import.meta.url), "utf8"),
) as { clusters: { boxes: Box[]; start: Box[]; centres: Box[] } };

test("k-means with the distance 1 − IoU ends where NumPy's does", () => {
  const centres = moveCentres(clusters.boxes, clusters.start);
  expect(centres).toHaveLength(3);
  for (const [k, centre] of centres.entries())
    for (const [c, v] of centre.entries()) expect(v).toBeCloseTo(clusters.centres[k]![c]!, 12);
});

test("boxes at three places have their means as centres, whatever the seed", () => {
  const places = [0, 100, 200];
  const boxes = places.flatMap((x): Box[] => [-1, 0, 1].map((d) => [x + d, 0, x + 10 + d, 10 + d]));
  for (let seed = 0; seed < 5; seed++)
    expect(clusterBoxes(boxes, 3, seed).sort((a, b) => a[0] - b[0])).toEqual(
      places.map((x) => [x, 0, x + 10, 10]),
    );
});

test("equal boxes have one centre", () => {
  const box: Box = [1, 2, 3, 4];
  expect(clusterBoxes([box, box, box], 3, 0)).toEqual([box]);
});

const picture = (width: number, objects: BoxedPicture["objects"]): BoxedPicture => ({
  ...{ width, height: 100, objects },
});

test("every picture gets the boxes in its own size, with the share of training pictures as the score", () => {
  // Class 0 fills the left half of two pictures of four, class 1 the right half of one.
  const left = (width: number) => ({ label: 0, box: [0, 0, width / 2, 100] as Box });
  const train = [
    picture(200, [left(200)]),
    picture(400, [left(400), { label: 1, box: [200, 0, 400, 100] }]),
    picture(200, []),
    picture(200, [{ label: 1, box: [0, 0, 10, 10], crowd: true }]),
  ];
  const { boxes, counts, predict } = fitConstantBoxes(train, train, 3);
  expect(counts).toEqual([1, 1, 0]);
  expect(boxes).toEqual([
    { label: 0, score: 0.5, box: [0, 0, 0.5, 1] },
    { label: 1, score: 0.25, box: [0.5, 0, 1, 1] },
  ]);
  expect(predict({ width: 80, height: 60 })).toEqual([
    { label: 0, score: 0.5, box: [0, 0, 40, 60] },
    { label: 1, score: 0.25, box: [40, 0, 80, 60] },
  ]);
});

test("validation chooses the number of boxes of a class", () => {
  // Objects at two places: one centre between them reaches no object, two centres reach both.
  const at = (x: number) => ({ label: 0, box: [x, 0, x + 20, 20] as Box });
  const both = [picture(100, [at(0)]), picture(100, [at(80)]), picture(100, [at(0), at(80)])];
  expect(fitConstantBoxes(both, both, 1).counts).toEqual([2]);
  // Validation with objects at one place: further boxes with a lower score change nothing, so the fewest are taken.
  const one = [picture(100, [at(0)])];
  expect(fitConstantBoxes([...one, ...one], one, 1).counts).toEqual([1]);
});

test("a class without a box in validation is chosen on the training pictures", () => {
  const train = [picture(100, [{ label: 0, box: [0, 0, 50, 50] }])];
  expect(fitConstantBoxes(train, [picture(100, [])], 1).counts).toEqual([1]);
});
