import type { Builder } from "../../builder.js";
import type { Value } from "../../node.js";
import { cannot, type Expand, type Expansion, required } from "./expansion.js";

/** Epsilon of the skip normalisations where the file gives none (com.microsoft's schema). */
const standardEpsilon = 1e-12;

/** y = (x - mean) / sqrt(var + epsilon) * gamma + beta, statistics over the last axis */
export function layerNormalization(
  g: Builder,
  x: Value,
  { gamma, beta, epsilon }: { gamma: Value; beta: Value | undefined; epsilon: number },
): Value {
  const inputs = beta === undefined ? [x, gamma] : [x, gamma, beta];
  return g.node("LayerNormalization", inputs, { axis: -1, epsilon });
}

/** input + skip (+ bias): outputs 0 and 3 of both skip normalisations. */
function skipped(e: Expansion, bias: Value | undefined): Value {
  if (e.reads(1) || e.reads(2)) cannot("its mean or deviation is read");
  const sum = e.g.add(required(e, 0, "input"), required(e, 1, "skip"));
  return bias === undefined ? sum : e.g.add(sum, bias);
}

export const normalizations = {
  // y = LayerNormalization(input + skip + bias)
  SkipLayerNormalization(e) {
    const gamma = required(e, 2, "gamma");
    const epsilon = e.a.floatOr("epsilon", standardEpsilon);
    const sum = skipped(e, e.input(4));
    return [layerNormalization(e.g, sum, { gamma, beta: e.input(3), epsilon }), undefined, undefined, sum];
  },
  // y = x / rms(x) * gamma, x = input + skip + bias
  SkipSimplifiedLayerNormalization(e) {
    const gamma = required(e, 2, "gamma");
    const epsilon = e.a.floatOr("epsilon", standardEpsilon);
    const sum = skipped(e, e.input(3));
    const square = e.g.reduceMean(e.g.mul(sum, sum), { axes: [-1], keepdims: true });
    const deviation = e.g.sqrt(e.g.add(square, e.g.number(epsilon, sum)));
    return [e.g.mul(e.g.div(sum, deviation), gamma), undefined, undefined, sum];
  },
} satisfies Record<string, Expand>;
