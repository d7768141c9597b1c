import { expect, test } from "vitest";
import { maskConfusion, maskPictureScores, scoreMasks } from "./score-masks.js";

const names = ["background", "a", "b"];
const counts = (truth: number[], predicted: number[]) =>
  maskConfusion(Uint8Array.from(truth), Uint8Array.from(predicted), names.length);

test("scores are over all pixels of all images, and pixels with 255 are left out", () => {
  const scores = scoreMasks(
    [counts([0, 0, 1, 1, 255], [0, 1, 1, 1, 1]), counts([0, 1, 0, 0], [0, 0, 2, 0])],
    names,
  );
  // Background: 3 of 5 right, 4 predicted: 3 / (5 + 4 − 3). a: 2 of 3, 3 predicted: 2 / 4. b has no true pixel, one predicted.
  expect(scores.classes.map(({ iou }) => iou)).toEqual([3 / 6, 2 / 4, null]);
  expect(scores.classes.map(({ dice }) => dice)).toEqual([6 / 9, 4 / 6, null]);
  expect(scores.classes.map(({ predicted }) => predicted)).toEqual([4, 3, 1]);
  expect(scores.miou).toBe(0.5);
  expect(scores.pixel_accuracy).toBe(5 / 8);
  expect(scores.miou_ci95).toBeNull();
});

test("the score of an image is the IoU of a class, and 1 if there is none of it", () => {
  const images = [counts([0, 1, 1], [0, 1, 0]), counts([0, 0, 0], [0, 0, 0]), counts([0, 0, 0], [0, 1, 0])];
  expect([...maskPictureScores(images, 3, 1)]).toEqual([1 / 2, 1, 0]);
});

test("equal images have an interval without width", () => {
  const images = Array.from({ length: 12 }, () => counts([0, 1, 1, 0], [0, 1, 0, 0]));
  const { miou, miou_ci95 } = scoreMasks(images, names, { repeats: 50 });
  // 2/3 and 1/2.
  expect(miou).toBeCloseTo(7 / 12, 12);
  expect(miou_ci95![0]).toBeCloseTo(7 / 12, 12);
  expect(miou_ci95![1]).toBeCloseTo(7 / 12, 12);
});

test("other sizes and unknown classes are refused", () => {
  expect(() => counts([0, 1], [0])).toThrow("the mask has 2 pixels, its prediction 1");
  expect(() => counts([0, 3], [0, 0])).toThrow("a mask has the class 3 of 3 classes");
});
