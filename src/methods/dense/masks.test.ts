import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { draws } from "../../core/random.js";
import {
  colourFeatureCount,
  drawPixels,
  fitColourRegression,
  writeColourFeatures,
} from "./colour-regression.js";
import { constantMask, mostFrequentClass } from "./constant-mask.js";
import type { MaskSource } from "./masked-picture.js";
import { fitOtsu, greyLevels, otsuThreshold } from "./otsu.js";

// Values of scikit-image, SciPy and scikit-learn: scripts/golden/make-dense-baselines.py.
const golden = JSON.parse(
  readFileSync(new URL("../../../test/golden/dense-baselines.json", import.meta.url), "utf8"),
) as {
  otsu: { grey: number[]; threshold: number }[];
  regression: {
    width: number;
    height: number;
    rgb: number[];
    mask: number[];
    features: number[][];
    positions: number[];
    other: number[];
    predicted: number[];
    margin: number[];
  };
};

/** A picture with the grey levels given, and its mask. */
const greySource = (levels: readonly number[], mask: readonly number[]): MaskSource => ({
  ...{ width: levels.length, height: 1 },
  read: async () => ({
    picture: {
      ...{ width: levels.length, height: 1 },
      data: Uint8Array.from(levels.flatMap((v) => [v, v, v])),
    },
    mask: Uint8Array.from(mask),
  }),
});

test("Otsu's threshold is scikit-image's", () => {
  for (const { grey, threshold } of golden.otsu) expect(otsuThreshold(Uint8Array.from(grey))).toBe(threshold);
});

test("a picture of one grey level has no pixel above the threshold", () => {
  expect(otsuThreshold(new Uint8Array(12).fill(77))).toBe(77);
});

test("grey is BT.601's luma", () => {
  const data = Uint8Array.from([255, 0, 0, 0, 255, 0, 0, 0, 255, 9, 9, 9]);
  // 0.299 · 255 = 76.2, 0.587 · 255 = 149.7, 0.114 · 255 = 29.1
  expect([...greyLevels({ width: 4, height: 1, data })]).toEqual([76, 150, 29, 9]);
});

test("the training masks decide which side of the threshold is the foreground", async () => {
  const levels = [10, 12, 200, 210, 11, 205];
  const { picture } = await greySource(levels, []).read();
  const bright = await fitOtsu([greySource(levels, [0, 0, 1, 1, 255, 1])]);
  expect([bright.bright, ...bright.predict(picture)]).toEqual([true, 0, 0, 1, 1, 0, 1]);
  const dark = await fitOtsu([greySource(levels, [1, 1, 0, 0, 1, 0])]);
  expect([dark.bright, ...dark.predict(picture)]).toEqual([false, 1, 1, 0, 0, 1, 0]);
});

test("the most frequent class is counted over all masks, without pixels that no score counts", async () => {
  const sources = [greySource([0, 0, 0, 0], [1, 2, 255, 255]), greySource([0, 0, 0], [2, 255, 255])];
  expect(await mostFrequentClass(sources, 3)).toBe(2);
  expect([...constantMask(2).predict((await sources[1]!.read()).picture)]).toEqual([2, 2, 2]);
});

const { width, height, rgb, mask, other, ...expected } = golden.regression;
const picture = { width, height, data: Uint8Array.from(rgb) };
const source: MaskSource = {
  ...{ width, height },
  read: async () => ({ picture, mask: Uint8Array.from(mask) }),
};

test("features of a pixel are those of SciPy's filters, also at the edges", () => {
  for (const [i, position] of expected.positions.entries()) {
    const features = new Float32Array(colourFeatureCount);
    writeColourFeatures(picture, position, features, 0);
    // float32, and a deviation from a difference of sums
    for (const [t, value] of features.entries()) expect(value).toBeCloseTo(expected.features[i]![t]!, 6);
  }
});

test("colour regression on all pixels predicts what scikit-learn's does", async () => {
  const { predict } = await fitColourRegression([source], [], 3);
  const predicted = predict({ width, height, data: Uint8Array.from(other) });
  // The solver stops at a gradient of 1e-6: logits differ by less than 1e-3.
  const decided = expected.margin.flatMap((margin, i) => (margin > 1e-3 ? [i] : []));
  expect(decided.length).toBeGreaterThan(0.98 * expected.margin.length);
  expect(decided.map((i) => predicted[i])).toEqual(decided.map((i) => expected.predicted[i]));
});

test("validation lowers the background's logit where that raises the mean IoU", async () => {
  // At level 100, 2 of 5 pixels are foreground, at random: the most probable class is background everywhere.
  const levels = Array.from({ length: 4000 }, (_, i) => (i % 2 === 0 ? 0 : 100));
  const d = draws(0, "overlapping classes");
  const labels = levels.map((v) => (v === 100 && d.chance(0.4) ? 1 : 0));
  const train = greySource(levels, labels);
  const { picture } = await train.read();
  const plain = await fitColourRegression([train], [], 2);
  // The mean of a window that the edge cuts off is another one.
  const inside = (predicted: Uint8Array) => [...predicted.subarray(2, -2)];
  expect([plain.offset, Math.max(...inside(plain.predict(picture)))]).toEqual([0, 0]);
  // Everything foreground at level 100: mean IoU (0.4 + 1 / 1.6) / 2 = 0.51; nothing: (0 + 0.8) / 2 = 0.4.
  const tuned = await fitColourRegression([train], [train], 2);
  expect(tuned.offset).toBeGreaterThan(0);
  expect(inside(tuned.predict(picture))).toEqual(levels.slice(2, -2).map((v) => (v === 100 ? 1 : 0)));
});

test("pixels are drawn once each, from each picture by its size, without pixels that no score counts", async () => {
  const half: MaskSource = {
    ...{ width, height },
    read: async () => ({ picture, mask: Uint8Array.from(mask, (v) => (v === 0 ? 255 : v)) }),
  };
  const { features, labels } = await drawPixels([source, half, greySource([0], [0])], { pixels: 101 });
  const counted = mask.filter((v) => v > 0).length / mask.length;
  // 50 pixels of each of the two large pictures; of the second only those with a class.
  expect(labels.length).toBeGreaterThanOrEqual(50);
  expect(labels.length).toBeLessThan(51 + 50 * (counted + 0.25));
  expect(features.length).toBe(labels.length * colourFeatureCount);
  const places = new Set(labels.subarray(0, 50).map((_, i) => i));
  const keys = [...places].map((i) =>
    features.subarray(i * colourFeatureCount + 15, (i + 1) * colourFeatureCount).join(),
  );
  expect(new Set(keys).size).toBe(50);
});

test("masks without any class are refused", async () => {
  await expect(fitColourRegression([greySource([1, 2], [255, 255])], [], 2)).rejects.toThrow(
    "no pixel of the training masks has a class",
  );
});
