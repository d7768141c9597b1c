import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { softmaxRows } from "../../linalg/softmax.js";
import { fitLayerMix, layerMixLoss, type MixTargets } from "./fit-layer-mix.js";

/** Values of PyTorch: scripts/golden/make-layer-mix.py. */
const { linear } = JSON.parse(
  readFileSync(new URL("../../../test/golden/layer-mix.json", import.meta.url), "utf8"),
) as {
  linear: {
    count: { layers: number; width: number; outputs: number };
    layers: number[];
    at: number[];
    of: Readonly<
      Record<MixTargets, { targets: number[]; value: number; gradient: number[]; shares: number[] }>
    >;
  };
};
const kinds = Object.keys(linear.of) as MixTargets[];
const featuresOf = (of: MixTargets) => ({
  ...{ of, layers: Float32Array.from(linear.layers), targets: linear.of[of].targets, count: linear.count },
});
const features = featuresOf("classes");

test.each(kinds)("loss and gradient of a linear model of %s on a mix of layers are PyTorch's", (of) => {
  const expected = linear.of[of];
  const gradient = new Float64Array(linear.at.length);
  const value = layerMixLoss(featuresOf(of))(Float64Array.from(linear.at), gradient);
  expect(value).toBeCloseTo(expected.value, 12);
  for (const [i, g] of expected.gradient.entries()) expect(gradient[i]).toBeCloseTo(g, 12);
});

test.each(kinds)("with %s, the shares of the layers are those of PyTorch's minimum", (of) => {
  const shares = softmaxRows(fitLayerMix(featuresOf(of)), linear.count.layers);
  // Ours ends at gradients of 1e-5, PyTorch's at 1e-10.
  for (const [i, share] of linear.of[of].shares.entries())
    expect(Math.abs(shares[i]! - share)).toBeLessThan(2e-3);
});

test("a base that is twice as loud has the same shares", () => {
  const louder = { ...features, layers: features.layers.map((v) => 2 * v) };
  expect(fitLayerMix(louder)).toEqual(fitLayerMix(features));
});
