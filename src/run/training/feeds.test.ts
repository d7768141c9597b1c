import { expect, test } from "vitest";
import { draws } from "../../core/random.js";
import { PixelCache, type Sample } from "../../data/index.js";
import { nodePlatform as platform } from "../../platform/node.js";
import type { StepFeeds } from "../../train/loop.js";
import { averageViews } from "./average-views.js";
import { epochFeeds } from "./feeds.js";
import type { TrainSource } from "./train-source.js";

const [height, width, classes] = [6, 6, 3];
const preprocessing = {
  ...{ height, width, rescale: 1 / 255 },
  channels: "rgb",
  mean: [0, 0, 0],
  std: [1, 1, 1],
} as const;
const items: Sample[] = Array.from({ length: 11 }, (_, i) => ({
  ...{ id: `${i}`, path: `nowhere/${i}`, sha256: `${i}` },
  label: i % classes,
  part: "train",
}));
/** Decoded images: nothing is read. */
const decoded = new PixelCache(2 ** 20);
for (const { sha256 } of items) {
  const draw = draws(0, "pixels", sha256);
  const data = Uint8Array.from({ length: height * width * 3 }, () => draw.integer(256));
  decoded.offer(`${sha256} ${height}x${width}`, { height, width, data });
}
const source: TrainSource = {
  ...{ items, batch: 4, seed: 1 },
  inputs: { unit: "pictures", preprocessing, decoded, platform },
  augmentation: "strong",
};
async function all(from: number, epoch = 0): Promise<StepFeeds[]> {
  const made: StepFeeds[] = [];
  const mix = { mixup: 0.4, cutmix: 1, classes };
  for await (const one of epochFeeds(source, epoch, from, false, mix)) made.push(one);
  return made;
}

test("mixed and augmented feeds are the same from any step on, and others in another epoch", async () => {
  const whole = await all(0);
  expect(whole.length).toBe(3);
  expect(await all(1)).toEqual(whole.slice(1));
  expect(await all(2)).toEqual(whole.slice(2));
  expect(await all(0, 1)).not.toEqual(whole);
});

test("shares of classes are fed beside the labels: they sum to 1, and to 0 in rows that fill up", async () => {
  const whole = await all(0);
  for (const one of whole) {
    const targets = one["train.targets"]!.data as Float32Array;
    const weights = one["train.weights"]!.data as Float32Array;
    expect(one["train.targets"]!.dims).toEqual([4, classes]);
    for (const [i, weight] of weights.entries()) {
      const row = targets.subarray(i * classes, (i + 1) * classes);
      expect(row.reduce((a, b) => a + b)).toBeCloseTo(weight, 6);
    }
  }
  expect([...(whole[2]!["train.weights"]!.data as Float32Array)]).toEqual([1, 1, 1, 0]);
});

test("of several views the mean of the probabilities counts, as scores whose softmax it is", async () => {
  const views = [
    [Math.log(0.9), Math.log(0.1)],
    [Math.log(0.2) + 5, Math.log(0.8) + 5],
  ];
  const logits = await averageViews(2, "softmax", 2, async (k) => Float32Array.from(views[k]!));
  expect(Math.exp(logits[0]!)).toBeCloseTo(0.55, 6);
  expect(Math.exp(logits[1]!)).toBeCloseTo(0.45, 6);
});

test("of several views of an item with labels the mean of each probability counts, as scores whose sigmoid it is", async () => {
  const logit = (p: number): number => Math.log(p / (1 - p));
  const views = [
    [logit(0.9), logit(0.3)],
    [logit(0.5), logit(0.1)],
  ];
  const means = await averageViews(2, "sigmoid", 2, async (k) => Float32Array.from(views[k]!));
  expect(1 / (1 + Math.exp(-means[0]!))).toBeCloseTo(0.7, 6);
  expect(1 / (1 + Math.exp(-means[1]!))).toBeCloseTo(0.2, 6);
  const sure = await averageViews(1, "sigmoid", 1, async () => Float32Array.of(200));
  expect(sure[0]).toBeGreaterThan(80);
  expect(Number.isFinite(sure[0])).toBe(true);
});

test("of several views of an item with numbers their mean counts", async () => {
  const views = [
    [2, -1],
    [4, 0],
    [9, 4],
  ];
  const means = await averageViews(3, "number", 2, async (k) => Float32Array.from(views[k]!));
  expect([...means]).toEqual([5, 1]);
});
