import type { Builder } from "../graph/builder.js";
import type { Value } from "../graph/node.js";

/**
 * Binary cross-entropy of logits, one value per item: the mean over its labels.
 *
 * loss_i = 1/L Σ_k softplus(z_ik) − y_ik z_ik,   softplus(z) = log(1 + exp(z)),   d/dz = σ(z) − y
 *
 * The mean over items is PyTorch's `BCEWithLogitsLoss`, the loss of Hugging Face's `multi_label_classification`.
 * @param logits float32[N, L].
 * @param targets float32[N, L], 1 where the item has the label, else 0.
 * @returns float32[N], nats, ≥ 0, lower is better; log 2 when every logit is 0.
 * @example const losses = binaryCrossEntropy(g, logits, targets);
 */
export function binaryCrossEntropy(g: Builder, logits: Value, targets: Value): Value {
  const losses = g.sub(g.node("Softplus", [logits], {}), g.mul(targets, logits));
  return g.reduceMean(losses, { axes: [1] });
}
