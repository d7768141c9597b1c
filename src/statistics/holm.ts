/**
 * p of several comparisons, each corrected for the others: sorted, p₍ᵢ₎ · (m − i) for i = 0 …, never less than the one before,
 * at most 1.
 * @returns in the order given
 * @see Holm 1979, A simple sequentially rejective multiple test procedure
 * @example holm([0.01, 0.04]) // 0.02, 0.04
 */
export function holm(p: readonly number[]): readonly number[] {
  const adjusted = new Array<number>(p.length);
  let before = 0;
  for (const [i, at] of [...p.keys()].sort((a, b) => p[a]! - p[b]!).entries()) {
    before = Math.max(before, Math.min(1, p[at]! * (p.length - i)));
    adjusted[at] = before;
  }
  return adjusted;
}
