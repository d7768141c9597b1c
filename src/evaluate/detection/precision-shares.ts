import { averagePrecisions, meanPrecision } from "./average-precision.js";
import { type DetectionPicture, matchClasses } from "./match.js";

/**
 * Returns a share of each image in the mean average precision. Their mean is the score, and their variance gives that of the score.
 *
 *     pseudoᵢ = N · mAP − (N − 1) · mAP without image i,   shareᵢ = pseudoᵢ + mAP − mean of the pseudo-values
 *
 * Average precision has no value for a single image, so the jackknife's pseudo-values stand for it.
 * @see Efron & Tibshirani, "An Introduction to the Bootstrap", 1993, section 11.5
 */
export function precisionShares(pictures: readonly DetectionPicture[], classes: number): Float64Array {
  const n = pictures.length;
  const matches = matchClasses(pictures, classes);
  const scoreOf = (weights: Float64Array): number =>
    meanPrecision(matches.map((one) => averagePrecisions(one, weights))) ?? 0;
  const weights = new Float64Array(n).fill(1);
  const score = scoreOf(weights);
  const pseudo = Float64Array.from({ length: n }, (_, i) => {
    weights[i] = 0;
    const without = scoreOf(weights);
    weights[i] = 1;
    return n * score - (n - 1) * without;
  });
  const shift = score - pseudo.reduce((sum, v) => sum + v, 0) / n;
  return pseudo.map((v) => v + shift);
}
