/** Quantile by linear interpolation between the two nearest values, as NumPy does by default; NaN for no values. @param sorted ascending @param q 0 … 1 */
export function quantile(sorted: ArrayLike<number>, q: number): number {
  if (sorted.length === 0) return Number.NaN;
  const at = q * (sorted.length - 1);
  const below = Math.floor(at);
  const above = Math.min(sorted.length - 1, below + 1);
  return sorted[below]! + (at - below) * (sorted[above]! - sorted[below]!);
}

/** Median of values in any order, or undefined for no values. */
export function median(values: ArrayLike<number>): number | undefined {
  return values.length === 0 ? undefined : quantile(Float64Array.from(values).sort(), 0.5);
}
