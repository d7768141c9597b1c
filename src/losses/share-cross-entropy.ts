import { float32 } from "../core/tensor.js";
import type { Builder } from "../graph/builder.js";
import type { Value } from "../graph/node.js";
import { checkedWeights } from "./cross-entropy.js";

/** A map of targets: shares of the classes at each place, and the weight of the place. */
export interface ShareTargets {
  /** t, float32[B, K, h, w]: shares of the classes. They add up to 1, or are all 0 at a place that does not count. */
  readonly shares: Value;
  /** v, float32[B, 1, h, w], ≥ 0: weight of each place. */
  readonly counted: Value;
}

/**
 * Cross-entropy of maps against shares of classes, as a mean over all places.
 *
 * loss = Σ_p v_p Σ_k w_k t_pk (−log π_pk) / Σ_p v_p Σ_k w_k t_pk,   π = softmax(z)
 *
 * If each place has one class, it is PyTorch's `cross_entropy` with `weight`; places with v = 0 are its `ignore_index`.
 * @param logP log π, float32[B, K, h, w]
 * @param classWeights w_k > 0, one for each class. Default 1 each
 * @returns the loss, float32[], nats, ≥ 0, lower is better, 0 without a place that counts; and its divisor `mass`
 * @throws OptionError for weights that do not fit
 */
export function shareCrossEntropy(
  g: Builder,
  logP: Value,
  { shares, counted }: ShareTargets,
  classWeights?: readonly number[],
): { readonly loss: Value; readonly mass: Value } {
  const classes = g.dims(logP)[1]!;
  const plain = g.mul(shares, counted);
  const weighted = classWeights
    ? g.mul(plain, g.constant(float32([classes, 1, 1], checkedWeights(classWeights, classes))))
    : plain;
  const mass = g.reduceSum(weighted);
  // Without a labelled place the sum is 0 as well.
  return { loss: g.div(g.neg(g.reduceSum(g.mul(weighted, logP))), g.max(mass, g.number(1e-12))), mass };
}
