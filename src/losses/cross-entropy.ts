import { EngraftError } from "../core/errors.js";
import type { Builder } from "../graph/builder.js";
import type { Value } from "../graph/node.js";

/**
 * Cross-entropy of raw scores against integer labels, one value an item.
 *
 * q_k = (1 - ε) [k = y] + ε / C,   loss_i = -Σ_k q_k log softmax(z_i)_k
 *
 * Label smoothing is ε (Szegedy et al. 2016, section 7; PyTorch's `label_smoothing`).
 * @param logits float32[N, C], raw. @param labels int64[N] in 0 … C-1.
 * @returns float32[N], nats, ≥ 0, lower is better.
 * @throws OptionError for an ε outside [0, 1).
 * @see Szegedy et al., "Rethinking the Inception Architecture", 2016
 * @example
 * const losses = softmaxCrossEntropy(g, logits, labels, { smoothing: 0.1 });
 */
export function softmaxCrossEntropy(
  g: Builder,
  logits: Value,
  labels: Value,
  { smoothing = 0 }: { readonly smoothing?: number } = {},
): Value {
  if (!(smoothing >= 0 && smoothing < 1)) {
    throw new EngraftError("OptionError", `label smoothing is ${smoothing}`, {
      help: "use a number from 0 up to, not including, 1",
    });
  }
  const classes = g.dims(logits)[1]!;
  const logP = g.logSoftmax(logits, -1);
  let q = g.oneHot(labels, classes, "float32");
  if (smoothing > 0) q = g.add(g.mul(q, g.number(1 - smoothing)), g.number(smoothing / classes));
  return g.neg(g.reduceSum(g.mul(q, logP), { axes: [1] }));
}

/**
 * The mean over items, each with a weight: Σ wᵢ xᵢ / max(Σ wᵢ, 1). Rows that only fill up a batch have weight 0.
 * @param values float32[N]. @param weights float32[N], ≥ 0.
 */
export function weightedMean(g: Builder, values: Value, weights: Value): Value {
  return g.div(g.reduceSum(g.mul(values, weights)), g.max(g.reduceSum(weights), g.number(1)));
}
