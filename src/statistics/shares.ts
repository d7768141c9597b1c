/**
 * Returns the share of each sample in a ratio of sums, r = Σa / Σb. The mean of the shares is the ratio, and their scatter is
 * that of the ratio over other samples (delta method):
 *
 * uᵢ = r + (aᵢ − r bᵢ) · N / Σb
 *
 * F1 = Σ2c / Σ(n + p), precision = Σc / Σp, recall = Σc / Σn, 1 − R² = Σ(y − ŷ)² / Σ(y − ȳ)², loss = Σ losses / Σ tokens.
 *
 * @param a,b one number a sample
 * @returns r is 0 and every share 0 where Σb is 0
 * @see Efron & Tibshirani, "An Introduction to the Bootstrap", 1993, section 22.2 (influence functions of a ratio)
 * @example mean(ratioShares([2, 0], [2, 2])) // 0.5
 */
export function ratioShares(a: ArrayLike<number>, b: ArrayLike<number>): Float64Array {
  const n = a.length;
  let [above, below] = [0, 0];
  for (let i = 0; i < n; i++) {
    above += a[i]!;
    below += b[i]!;
  }
  const shares = new Float64Array(n);
  if (below === 0) return shares;
  const ratio = above / below;
  for (let i = 0; i < n; i++) shares[i] = ratio + ((a[i]! - ratio * b[i]!) * n) / below;
  return shares;
}
