import type { Interval } from "../core/results/task.js";

/** Fewest independent samples of an interval. */
const least = 10;
/** Two-sided 95 % quantile of the normal distribution. */
const z95 = 1.959963984540054;

/** Rank correlation with its interval. Both are null for a constant variable. */
export interface RankCorrelation {
  readonly value: number | null;
  /** Also null for fewer than 10 samples, or groups of samples. */
  readonly ci95: Interval | null;
}

/**
 * Spearman's ρ: Pearson's correlation of the ranks, with the mean rank for ties. Interval: tanh(atanh ρ ± 1.96 √((1 + ρ²/2) / (n − 3))).
 * Samples of a group count as one sample in n, which makes the interval wider than necessary.
 *
 * @see Spearman 1904; Bonett and Wright 2000, section 3
 * @example rankCorrelation([1, 2, 3], [10, 30, 20]).value // 0.5
 */
export function rankCorrelation(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  groups?: readonly string[],
): RankCorrelation {
  const [x, y] = [ranksOf(a), ranksOf(b)];
  // The mean of the ranks 1 … n is (n + 1) / 2, with and without ties.
  const mean = (x.length + 1) / 2;
  let [together, ofX, ofY] = [0, 0, 0];
  for (let i = 0; i < x.length; i++) {
    together += (x[i]! - mean) * (y[i]! - mean);
    ofX += (x[i]! - mean) ** 2;
    ofY += (y[i]! - mean) ** 2;
  }
  if (ofX === 0 || ofY === 0) return { value: null, ci95: null };
  const value = Math.max(-1, Math.min(1, together / Math.sqrt(ofX * ofY)));
  const n = groups ? new Set(groups).size : x.length;
  // atanh(±1) is infinite: an interval without width at the end.
  const half = z95 * Math.sqrt((1 + value ** 2 / 2) / (n - 3));
  const ends = [Math.tanh(Math.atanh(value) - half), Math.tanh(Math.atanh(value) + half)] as const;
  return { value, ci95: n < least ? null : ends };
}

/** Returns ranks from 1 on; equal values share the mean of their ranks. */
function ranksOf(values: ArrayLike<number>): Float64Array {
  const order = Array.from({ length: values.length }, (_, i) => i).sort((i, j) => values[i]! - values[j]!);
  const ranks = new Float64Array(values.length);
  for (let from = 0; from < order.length; ) {
    let to = from + 1;
    while (to < order.length && values[order[to]!] === values[order[from]!]) to++;
    for (let at = from; at < to; at++) ranks[order[at]!] = (from + 1 + to) / 2;
    from = to;
  }
  return ranks;
}
