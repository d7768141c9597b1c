/**
 * Returns a share of each sample in a score that has no value for a single sample. Their mean is the score, and their variance gives
 * that of the score.
 *
 *     pseudoᵢ = N · score − (N − 1) · score without sample i,   shareᵢ = pseudoᵢ + score − mean of the pseudo-values
 *
 * @param n N, the number of samples
 * @param scoreWithout returns the score of all samples but one, and of all for undefined
 * @see Efron & Tibshirani, "An Introduction to the Bootstrap", 1993, section 11.5
 */
export function jackknifeShares(n: number, scoreWithout: (left: number | undefined) => number): Float64Array {
  const score = scoreWithout(undefined);
  const pseudo = Float64Array.from({ length: n }, (_, i) => n * score - (n - 1) * scoreWithout(i));
  const shift = score - pseudo.reduce((sum, v) => sum + v, 0) / n;
  return pseudo.map((v) => v + shift);
}
