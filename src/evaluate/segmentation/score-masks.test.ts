import { expect, test } from "vitest";
import { groupWords } from "../../core/results/group-words.js";
import { wilsonInterval } from "../../statistics/index.js";
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

test("equal images have Wilson's interval of as many samples, none below 30 images, and groups count", () => {
  const images = (n: number) => Array.from({ length: n }, () => counts([0, 1, 1, 0], [0, 1, 0, 0]));
  // 2/3 and 1/2.
  const { miou, miou_ci95, shares } = scoreMasks(images(30), names);
  expect(miou).toBeCloseTo(7 / 12, 12);
  for (const share of shares) expect(share).toBeCloseTo(7 / 12, 12);
  // t(0.95, 29) = 2.045230 (scipy.stats.t.ppf(0.975, 29)) in place of z
  const wilson = wilsonInterval((30 * 7) / 12, 30, 2.045229642);
  expect(miou_ci95![0]).toBeCloseTo(wilson[0], 6);
  expect(miou_ci95![1]).toBeCloseTo(wilson[1], 6);
  expect(scoreMasks(images(29), names).miou_ci95).toBeNull();
  const groups = (count: number) => Array.from({ length: 60 }, (_, i) => `scene ${i % count}`);
  const few = scoreMasks(images(60), names, groups(11));
  expect(few).toMatchObject({ miou_ci95: null, groups: 11, few_groups: true, groups_needed: 12 });
  expect(groupWords(few, "pictures")).toMatch(/^the 60 pictures are of 11 groups: .* 12$/);
  const enough = scoreMasks(images(60), names, groups(12));
  const of12 = wilsonInterval((12 * 7) / 12, 12, 2.20098516);
  expect(enough.miou_ci95![0]).toBeCloseTo(of12[0], 6);
  expect(enough).not.toHaveProperty("few_groups");
});

test("other sizes and unknown classes are refused", () => {
  expect(() => counts([0, 1], [0])).toThrow("the mask has 2 pixels, its prediction 1");
  expect(() => counts([0, 3], [0, 0])).toThrow("a mask has the class 3 of 3 classes");
});
