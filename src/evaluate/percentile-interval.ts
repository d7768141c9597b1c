import type { Interval } from "../core/results/task.js";
import { quantile } from "../linalg/quantile.js";

/** Returns the 2.5th and the 97.5th percentile of a measure over resamples, in any order; null for no finite value. */
export function percentileInterval(values: readonly number[]): Interval | null {
  const sorted = values.filter(Number.isFinite).sort((a, b) => a - b);
  return sorted.length === 0 ? null : [quantile(sorted, 0.025), quantile(sorted, 0.975)];
}
