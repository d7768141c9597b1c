import type { Builder } from "../../builder.js";
import type { Value } from "../../node.js";

/** y = (x - mean) / sqrt(var + epsilon) * gamma + beta, statistics over the last axis */
export function layerNormalization(
  g: Builder,
  x: Value,
  { gamma, beta, epsilon }: { gamma: Value; beta: Value | undefined; epsilon: number },
): Value {
  const centred = g.sub(x, g.reduceMean(x, { axes: [-1], keepdims: true }));
  const y = g.mul(scaledToOne(g, centred, epsilon), gamma);
  return beta === undefined ? y : g.add(y, beta);
}

/** y = x / sqrt(mean(x²) + epsilon) * gamma */
export function rmsNormalization(
  g: Builder,
  x: Value,
  { gamma, epsilon }: { gamma: Value; epsilon: number },
): Value {
  return g.mul(scaledToOne(g, x, epsilon), gamma);
}

/** x / sqrt(mean(x²) + epsilon) */
function scaledToOne(g: Builder, x: Value, epsilon: number): Value {
  const square = g.reduceMean(g.mul(x, x), { axes: [-1], keepdims: true });
  return g.div(x, g.sqrt(g.add(square, g.number(epsilon, x))));
}
