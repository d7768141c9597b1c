import type { Builder } from "../graph/builder.js";
import type { Value } from "../graph/node.js";

/**
 * Quality focal loss with β = 2, one value for each logit: the cross-entropy with a quality q instead of a label, weighted
 * by the squared error of the probability.
 *
 * loss = (σ(z) − q)² · (softplus(z) − q z),   softplus(z) = log(1 + exp(z))
 *
 * @param logits z, float32[…]
 * @param quality q of the same shape, 0 … 1: the overlap of the predicted box for the class of a place, else 0
 * @returns the shape of the logits, ≥ 0, lower is better
 * @see Li et al., "Generalized Focal Loss", 2020, equation 5
 */
export function qualityFocal(g: Builder, logits: Value, quality: Value): Value {
  const entropy = g.sub(g.node("Softplus", [logits], {}), g.mul(quality, logits));
  const error = g.sub(g.sigmoid(logits), quality);
  return g.mul(g.mul(error, error), entropy);
}
