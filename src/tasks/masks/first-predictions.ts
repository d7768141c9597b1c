import type { ClassPixels } from "./class-pixels.js";
import { addLoss, lossOf, noLoss } from "./segmentation-loss.js";

/** Predictions without looking at the picture, and what they cost. */
export interface FirstPredictions {
  /** float32[K]: logits. */
  readonly biases: Float32Array;
  /** Mean loss of predicting them everywhere. */
  readonly loss: number;
}

/** Smallest share of a class: an absent class must not have the logit −∞. */
const leastShare = 1e-5;

/**
 * Returns the constant predictions with the lowest cross-entropy: logits log (w_k f_k), f the shares of the classes and w their weights.
 * @param places of all training pictures
 */
export function firstPredictions({ shares, weights }: ClassPixels, places: number): FirstPredictions {
  const raised = Array.from(shares, (share, k) => weights[k]! * Math.max(share, leastShare));
  const total = raised.reduce((a, b) => a + b, 0);
  const biases = Float32Array.from(raised, (share) => Math.log(share / total));
  const sums = noLoss(weights.length);
  // All places are alike: one with the weight of all.
  addLoss(sums, biases, { shares: Float32Array.from(shares), weights: Float32Array.of(places) }, weights);
  return { biases, loss: lossOf(sums) };
}
