import type { Builder } from "../graph/builder.js";
import type { Value } from "../graph/node.js";

/**
 * Binary cross-entropy of raw scores, the mean over an item's labels: one value an item.
 *
 * loss_i = 1/L Σ_k softplus(z_ik) − y_ik z_ik,   softplus(z) = log(1 + exp(z)),   d/dz = σ(z) − y
 *
 * The mean over items is PyTorch's `BCEWithLogitsLoss`, which Hugging Face trains `multi_label_classification` by.
 * @param logits float32[N, L], raw. @param targets float32[N, L], 1 where the item has the label, 0 where not.
 * @returns float32[N], nats, ≥ 0, lower is better; log 2 when every score is 0.
 * @example
 * const losses = binaryCrossEntropy(g, logits, targets);
 */
export function binaryCrossEntropy(g: Builder, logits: Value, targets: Value): Value {
  const losses = g.sub(g.node("Softplus", [logits], {}), g.mul(targets, logits));
  return g.reduceMean(losses, { axes: [1] });
}
