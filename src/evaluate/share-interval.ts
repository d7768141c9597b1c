import type { Interval } from "../core/events/events.js";
import type { GroupFacts } from "../core/results/group-facts.js";
import { type Estimate, estimate, type MeasureRange } from "../statistics/estimate.js";

/**
 * Estimates a measure from the share of each sample. Groups count only where a group has more than one sample.
 * @param shares their mean is the measure: 1 right and 0 wrong, or those of `ratioShares`
 */
export function estimateOf(
  shares: ArrayLike<number>,
  groups: readonly string[] | undefined,
  range?: MeasureRange,
): Estimate {
  const independent = !groups || new Set(groups).size === groups.length;
  return estimate([shares], { ...(!independent && { groups }), ...(range && { range }) });
}

/** Returns the 95 % interval of a measure within 0 … 1; 0 to 1 if there is none. */
export const shareInterval = (shares: ArrayLike<number>, groups: readonly string[] | undefined): Interval =>
  shares.length === 0 ? [0, 1] : (estimateOf(shares, groups, "share").interval ?? [0, 1]);

/** Returns the 95 % interval of a positive mean, such as a mean error; null if there is none. */
export const positiveInterval = (
  shares: ArrayLike<number>,
  groups: readonly string[] | undefined,
): Interval | null => estimateOf(shares, groups, "positive").interval;

/** Returns the number of groups of the samples; `effective` only if there is an interval. */
export function groupFacts(
  { groups: count, effective, why, samples }: Estimate,
  groups: readonly string[] | undefined,
): GroupFacts {
  if (count === undefined || !groups) return {};
  const at = new Map<string, number>();
  for (const group of groups) if (!at.has(group)) at.set(group, at.size);
  return {
    groups: count,
    ...(effective !== undefined && { effective: Math.min(samples, effective) }),
    ...(why === "few groups" && { few_groups: true as const }),
    group_of: groups.map((group) => at.get(group)!),
  };
}
