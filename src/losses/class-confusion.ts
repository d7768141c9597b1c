import { float32 } from "../core/tensor.js";
import type { Builder } from "../graph/builder.js";
import type { Value } from "../graph/node.js";

/** A sum of probabilities is divided by at least this: a class may have none. */
const least = 1e-30;

/**
 * Minimum class confusion: how often a prediction for a sample is divided between two classes. It needs no labels.
 *
 * L = 1 - tr(M̃) / C,   M = pᵀ diag(w) p,   p = softmax(z / T),   w = 1 + e^(-H(p)),   M̃: rows of M with sum 1
 *
 * No gradient passes w. Its scale has no effect, since the rows are divided by their sums.
 * @param logits z, float32[n, C].
 * @param temperature T, > 0. Default 2.5.
 * @returns the value, float32[], 0 … 1, 0 if each prediction is certain; and the constants of `differentiate()`.
 * @see Jin et al., "Minimum Class Confusion for Versatile Domain Adaptation", 2020
 */
export function classConfusion(
  g: Builder,
  logits: Value,
  { temperature = 2.5 }: { readonly temperature?: number } = {},
): { readonly value: Value; readonly constants: readonly Value[] } {
  const [, classes] = g.dims(logits) as [number, number];
  const softened = g.mul(logits, g.number(1 / temperature));
  const p = g.softmax(softened);
  const weights = certainty(g, softened);
  const confusion = g.matmul(g.transpose(p, [1, 0]), g.mul(p, g.unsqueeze(weights, [1])));
  const sums = g.reduceSum(confusion, { axes: [1], keepdims: true });
  const shares = g.div(confusion, g.max(sums, g.number(least)));
  const identity = Float32Array.from({ length: classes * classes }, (_, i) =>
    Number(i % (classes + 1) === 0),
  );
  const trace = g.reduceSum(g.mul(shares, g.constant(float32([classes, classes], identity))));
  return { value: g.sub(g.number(1), g.mul(trace, g.number(1 / classes))), constants: [weights] };
}

/**
 * Weight of each sample by the certainty of its prediction: 1 + e^(-H(softmax(z))), H in nats.
 * @param logits z, float32[n, C]
 * @returns float32[n], from 1 + 1/C (all classes alike) to 2 (certain)
 */
export function certainty(g: Builder, logits: Value): Value {
  const negativeEntropy = g.reduceSum(g.mul(g.softmax(logits), g.logSoftmax(logits)), { axes: [1] });
  return g.add(g.exp(negativeEntropy), g.number(1));
}
