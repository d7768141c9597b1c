import type { BlockShares } from "../../data/dense/mask-targets.js";
import { firstDiceClass } from "../../train/objectives/segmentation-objective.js";

/** Sums of the loss over pictures. */
export interface LossSums {
  /** Σ v w t (−log π) and Σ v w t over places and classes. */
  entropy: number;
  mass: number;
  /** float64[K] each: Σ v π t, Σ v π and Σ v t over places. */
  readonly shared: Float64Array;
  readonly predicted: Float64Array;
  readonly truth: Float64Array;
}

export const noLoss = (classes: number): LossSums => ({
  entropy: 0,
  mass: 0,
  shared: new Float64Array(classes),
  predicted: new Float64Array(classes),
  truth: new Float64Array(classes),
});

/**
 * Adds the loss of a picture, as the objective {@link segmentation} defines it.
 * @param logits float32[K, h, w]
 * @param classWeights one for each class
 */
export function addLoss(
  sums: LossSums,
  logits: Float32Array,
  { shares, weights }: BlockShares,
  classWeights: readonly number[],
): void {
  const classes = classWeights.length;
  const places = weights.length;
  for (const [p, v] of weights.entries()) {
    if (v === 0) continue;
    let max = Number.NEGATIVE_INFINITY;
    for (let k = 0; k < classes; k++) max = Math.max(max, logits[k * places + p]!);
    let sum = 0;
    for (let k = 0; k < classes; k++) sum += Math.exp(logits[k * places + p]! - max);
    const logSum = max + Math.log(sum);
    for (let k = 0; k < classes; k++) {
      const z = logits[k * places + p]!;
      const t = v * shares[k * places + p]!;
      const probability = Math.exp(z - logSum);
      sums.entropy += classWeights[k]! * t * (logSum - z);
      sums.mass += classWeights[k]! * t;
      sums.shared[k]! += probability * t;
      sums.predicted[k]! += v * probability;
      sums.truth[k]! += t;
    }
  }
}

/** Returns the loss of all pictures together. */
export function lossOf({ entropy, mass, shared, predicted, truth }: LossSums): number {
  let [dice, occurring] = [0, 0];
  for (let k = firstDiceClass(truth.length); k < truth.length; k++) {
    if (truth[k] === 0) continue;
    dice += 1 - (2 * shared[k]! + 1) / (predicted[k]! + truth[k]! + 1);
    occurring++;
  }
  return entropy / Math.max(mass, 1e-12) + dice / Math.max(1, occurring);
}
