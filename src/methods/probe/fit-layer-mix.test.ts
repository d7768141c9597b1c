import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { softmaxRows } from "../../linalg/softmax.js";
import { fitLayerMix, layerMixLoss } from "./fit-layer-mix.js";

/** Values of PyTorch: scripts/golden/make-layer-mix.py. */
const { linear } = JSON.parse(
  readFileSync(new URL("../../../test/golden/layer-mix.json", import.meta.url), "utf8"),
) as {
  linear: {
    count: { layers: number; width: number; classes: number };
    layers: number[];
    labels: number[];
    at: number[];
    value: number;
    gradient: number[];
    shares: number[];
  };
};
const features = { ...linear, layers: Float32Array.from(linear.layers) };

test("loss and gradient of a classifier on a mix of layers are PyTorch's", () => {
  const gradient = new Float64Array(linear.at.length);
  expect(layerMixLoss(features)(Float64Array.from(linear.at), gradient)).toBeCloseTo(linear.value, 12);
  for (const [i, g] of linear.gradient.entries()) expect(gradient[i]).toBeCloseTo(g, 12);
});

test("the shares of the layers are those of PyTorch's minimum", () => {
  const shares = softmaxRows(fitLayerMix(features), linear.count.layers);
  // Ours ends at gradients of 1e-5, PyTorch's at 1e-10.
  for (const [i, share] of linear.shares.entries()) expect(Math.abs(shares[i]! - share)).toBeLessThan(2e-3);
});

test("a base that is twice as loud has the same shares", () => {
  const louder = { ...features, layers: features.layers.map((v) => 2 * v) };
  expect(fitLayerMix(louder)).toEqual(fitLayerMix(features));
});
