// The loss of a validation, compared with PyTorch: scripts/golden/make-dense-losses.py.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { blockShares } from "../../data/dense/mask-targets.js";
import { firstPredictions } from "./first-predictions.js";
import { addLoss, lossOf, noLoss } from "./segmentation-loss.js";

interface Case {
  readonly name: string;
  readonly dims: [number, number, number, number];
  readonly logits: number[];
  readonly labels: number[];
  readonly item_weights: number[];
  readonly class_weights?: number[];
  readonly classification: number;
  readonly dice: number;
}
const { segmentation } = JSON.parse(
  readFileSync(new URL("../../../test/golden/dense-losses.json", import.meta.url), "utf8"),
) as { segmentation: Case[] };

test.each(segmentation)("the loss of pictures one by one is that of the batch: $name", (known) => {
  const { logits, labels, item_weights } = known;
  const [, classes, height, width] = known.dims;
  const plane = height * width;
  const sums = noLoss(classes);
  for (const [i, weight] of item_weights.entries()) {
    if (weight === 0) continue;
    const data = Uint8Array.from(labels.slice(i * plane, (i + 1) * plane));
    const output = Float32Array.from(logits.slice(i * classes * plane, (i + 1) * classes * plane));
    const weights = known.class_weights ?? new Array<number>(classes).fill(1);
    addLoss(sums, output, blockShares({ width, height, data }, classes, 1), weights);
  }
  expect(lossOf(sums)).toBeCloseTo(known.classification + known.dice, 5);
});

test("the first predictions are the shares of the classes, raised by their weights", () => {
  const pixels = { shares: Float64Array.of(0.96, 0.04), weights: [0.5, 2], rare: [1] };
  const { biases, loss } = firstPredictions(pixels, 1000);
  // 0.5 · 0.96 to 2 · 0.04: 6 to 1.
  const p = [6 / 7, 1 / 7];
  expect(biases[0]! - biases[1]!).toBeCloseTo(Math.log(6), 5);
  const entropy = -(p[0]! * Math.log(p[0]!) + p[1]! * Math.log(p[1]!));
  const dice = 1 - (2 * 1000 * 0.04 * p[1]! + 1) / (1000 * (0.04 + p[1]!) + 1);
  expect(loss).toBeCloseTo(entropy + dice, 5);
});
