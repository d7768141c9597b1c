import { meanSquares } from "./crossed.js";
import { studentQuantile } from "./distributions.js";
import { byGroup, countGroups, fewestGroups, type SampleOptions } from "./samples.js";
import { z95 } from "./wilson.js";

/**
 * Returns by how much groups make samples count less for a share: n samples of groups say as much as n / D independent ones.
 *
 *     D = max(1, v / (p (1 − p) / n)) · (t(f) / z)²,   v and f as in `byGroup`
 *
 * If the share does not vary, the groups count as N² / Σ n_g² samples.
 *
 * @param right 1 or 0 of each sample
 * @param groups group of each sample. Undefined, or a group for each sample: D is 1
 * @returns null for fewer than 10 groups, which cannot tell
 * @see Korn & Graubard 1998, Confidence intervals for proportions with small expected number of positive counts
 */
export function designEffect(right: ArrayLike<number>, groups: SampleOptions["groups"]): number | null {
  const count = countGroups(groups);
  if (count === undefined || count === right.length) return 1;
  if (count < fewestGroups) return null;
  const { mean: p, ofUnits, units, freedom } = meanSquares(byGroup([right], groups));
  const independent = (p * (1 - p)) / right.length;
  const raw = independent <= 1e-12 ? right.length / (freedom + 1) : ofUnits / units / independent;
  return Math.max(1, raw) * (studentQuantile(0.95, freedom) / z95) ** 2;
}
