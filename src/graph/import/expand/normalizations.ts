import type { Builder } from "../../builder.js";
import type { Value } from "../../node.js";
import { cannot, type Expand, required } from "./expansion.js";

/** Default epsilon (com.microsoft's schema). */
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

export const normalizations = {
  // y = LayerNormalization(input + skip + bias)
  SkipLayerNormalization(e) {
    const gamma = required(e, 2, "gamma");
    const epsilon = e.a.floatOr("epsilon", standardEpsilon);
    if (e.reads(1) || e.reads(2)) cannot("its mean or deviation is read");
    const bias = e.input(4);
    let sum = e.g.add(required(e, 0, "input"), required(e, 1, "skip"));
    if (bias !== undefined) sum = e.g.add(sum, bias);
    return [layerNormalization(e.g, sum, { gamma, beta: e.input(3), epsilon }), undefined, undefined, sum];
  },
} satisfies Record<string, Expand>;
