import { EngraftError } from "../core/errors.js";
import { float32 } from "../core/tensor.js";
import type { Builder } from "../graph/builder.js";
import type { Value } from "../graph/node.js";

/** Options of {@link softmaxCrossEntropy}. */
export interface CrossEntropyOptions {
  /** Label smoothing ε, 0 up to, not including, 1. Default 0. */
  readonly smoothing?: number;
  /** A weight w_k > 0 for each class. Default 1 each. */
  readonly classWeights?: readonly number[];
  /** Focal loss: γ, 0 or from 1 on. Default 0. */
  readonly focal?: number;
}

/**
 * Cross-entropy of logits against integer labels, one value per item.
 *
 * q_k = (1 - ε) [k = y] + ε / C,   p = softmax(z),   loss_i = -Σ_k w_k q_k (1 - p_k)^γ log p_k
 *
 * ε is label smoothing (Szegedy et al. 2016, section 7; PyTorch's `label_smoothing`), w is PyTorch's `weight`, γ the
 * exponent of the focal loss (Lin et al. 2017, equation 5, for softmax): 0 is plain cross-entropy, 2 the paper's. The
 * mean over weighted items is divided by the sum of {@link classWeightsOf}, as in PyTorch.
 * @param logits float32[N, C].
 * @param labels int64[N] in 0 … C-1, or float32[N, C]: the share of each class, which replaces [k = y].
 * @returns float32[N], nats, ≥ 0, lower is better.
 * @throws OptionError for an invalid ε, w or γ.
 * @see Szegedy et al., "Rethinking the Inception Architecture", 2016; Lin et al., "Focal Loss for Dense Object
 * Detection", 2017
 * @example const losses = softmaxCrossEntropy(g, logits, labels, { smoothing: 0.1 });
 */
export function softmaxCrossEntropy(
  g: Builder,
  logits: Value,
  labels: Value,
  { smoothing = 0, classWeights, focal = 0 }: CrossEntropyOptions = {},
): Value {
  if (!(smoothing >= 0 && smoothing < 1)) {
    throw new EngraftError("OptionError", `label smoothing is ${smoothing}`, {
      help: "use a number from 0 up to, not including, 1",
    });
  }
  if (!(focal === 0 || (focal >= 1 && Number.isFinite(focal))))
    throw new EngraftError("OptionError", `the focal loss's exponent is ${focal}`, {
      help: "use 0 for none, or a number from 1 on: below 1 its gradient has no bound",
    });
  const classes = g.dims(logits)[1]!;
  const logP = g.logSoftmax(logits, -1);
  let q = g.dims(labels).length === 2 ? labels : g.oneHot(labels, classes, "float32");
  if (smoothing > 0) q = g.add(g.mul(q, g.number(1 - smoothing)), g.number(smoothing / classes));
  if (classWeights) q = g.mul(q, g.constant(float32([classes], checkedWeights(classWeights, classes))));
  if (focal > 0) {
    const rest = g.max(g.sub(g.number(1), g.exp(logP)), g.number(0));
    q = g.mul(q, focal === 1 ? rest : g.pow(rest, g.number(focal)));
  }
  return g.neg(g.reduceSum(g.mul(q, logP), { axes: [1] }));
}

/** Weight of each item's class, Σ_k q_k w_k. @param labels int64[N], or shares float32[N, C] @returns float32[N] */
export function classWeightsOf(g: Builder, labels: Value, classWeights: readonly number[]): Value {
  const count = classWeights.length;
  const weights = g.constant(float32([count], checkedWeights(classWeights, count)));
  if (g.dims(labels).length === 2) return g.reduceSum(g.mul(labels, weights), { axes: [1] });
  return g.gather(weights, labels);
}

/** Returns one weight above 0 for each class. @throws OptionError for others */
export function checkedWeights(weights: readonly number[], classes: number): Float32Array {
  if (weights.length !== classes || !weights.every((w) => w > 0 && Number.isFinite(w)))
    throw new EngraftError(
      "OptionError",
      `the class weights are ${weights.join(", ")}, for ${classes} classes`,
      {
        help: "give one positive number for each class",
        details: { weights, classes },
      },
    );
  return Float32Array.from(weights);
}

/**
 * Weighted mean over items: Σ wᵢ xᵢ / max(Σ wᵢ, 1). Padding rows of a batch have weight 0.
 * @param values float32[N].
 * @param weights float32[N], ≥ 0.
 * @param shares float32[N], > 0: divides by Σ wᵢ sᵢ instead, if the values already contain weights.
 */
export function weightedMean(g: Builder, values: Value, weights: Value, shares?: Value): Value {
  const sum = g.reduceSum(g.mul(values, weights));
  if (shares === undefined) return g.div(sum, g.max(g.reduceSum(weights), g.number(1)));
  // The mean of an empty batch is 0, not 0 / 0.
  return g.div(sum, g.max(g.reduceSum(g.mul(weights, shares)), g.number(1e-12)));
}
