import { expect, test } from "vitest";
import type { Box } from "../boxes/box.js";
import { placesOf } from "../boxes/places.js";
import { detectionStart } from "./start-values.js";

const places = placesOf(
  [
    { stride: 8, height: 8, width: 8 },
    { stride: 16, height: 4, width: 4 },
  ],
  { width: 64, height: 64 },
);
const targets = (boxes: Box[], labels = boxes.map(() => 0)) => ({ boxes, labels, ignored: [] });

test("the class bias is the logit of the share of places, at least one in 100,000", () => {
  // One box around one point of the fine level, which is its only place: 1 of 2 · 80 places.
  const { classBias, counts } = detectionStart(
    [targets([[1, 1, 7, 7]]), targets([])],
    ...([places, { classes: 2, anchor: 1 }] as const),
  );
  expect(classBias[0]).toBeCloseTo(Math.log(1 / 160 / (1 - 1 / 160)), 12);
  expect(classBias[1]).toBeCloseTo(Math.log(1e-5 / (1 - 1e-5)), 12);
  expect(counts).toMatchObject({ boxes: 1, unassigned: 0, small: 1 });
});

test("the box bias is the logarithm of the median distance in cells; a level without boxes takes that of all", () => {
  // The point (4, 4) is 3, 2, 1 and 4 pixels from the sides.
  const { boxBias } = detectionStart([targets([[1, 2, 5, 8]])], places, { classes: 1, anchor: 1 });
  const expected = [3 / 8, 2 / 8, 1 / 8, 4 / 8].map(Math.log);
  for (const level of boxBias)
    for (const [side, bias] of level.entries()) expect(bias).toBeCloseTo(expected[side]!, 12);
});

test("without a box, distances start at one cell", () => {
  expect(detectionStart([targets([])], places, { classes: 1 }).boxBias).toEqual([
    [0, 0, 0, 0],
    [0, 0, 0, 0],
  ]);
});
