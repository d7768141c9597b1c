import type { Interval } from "../core/events/events.js";
import { studentQuantile } from "../statistics/distributions.js";

/**
 * Returns the mean of K values, one per seed, with the 95 % interval of the mean over other seeds.
 *
 * x̄ ± t(0.95, K − 1) s / √K,  s² = Σ (x − x̄)² / (K − 1)
 *
 * It covers the variation of seeds, not of test items: as an interval of a method's accuracy it is too narrow; use
 * `estimate` of the statistics. One value has no interval: everything but the mean is null.
 */
export function meanInterval(values: readonly number[]): {
  readonly mean: number;
  readonly sd: number | null;
  readonly plus_minus: number | null;
  readonly ci95: Interval | null;
} {
  const n = values.length;
  const mean = values.reduce((sum, v) => sum + v, 0) / n;
  if (n < 2) return { mean, sd: null, plus_minus: null, ci95: null };
  const sd = Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / (n - 1));
  const half = (studentQuantile(0.95, n - 1) * sd) / Math.sqrt(n);
  return { mean, sd, plus_minus: half, ci95: [mean - half, mean + half] };
}
