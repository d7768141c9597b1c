import type { Interval } from "../core/events/events.js";
import type { GroupFacts } from "../core/results/group-facts.js";
import { type Estimate, estimate } from "../statistics/estimate.js";
import { fewestGroups } from "../statistics/samples.js";
import { intervalRules, type Measure } from "./interval-rules.js";

/** A measure with its interval, and the number of groups that the interval needs. */
export interface MeasureEstimate extends Estimate {
  readonly groupsNeeded: number;
}

/**
 * Estimates a measure from the share of each sample, by the rule of {@link intervalRules}. Groups count only where a group has more than
 * one sample.
 * @param shares their mean is the measure: 1 right and 0 wrong, or those of `ratioShares`
 * @param folds number of folds of a cross-validation that gave the shares. Default: one model gave them
 */
export function estimateOf(
  measure: Measure,
  shares: ArrayLike<number>,
  groups: readonly string[] | undefined,
  folds?: number,
): MeasureEstimate {
  const { range, samples, groups: groupsNeeded, heavyTails = false } = intervalRules[measure];
  const independent = !groups || new Set(groups).size === groups.length;
  const how = { range, heavyTails, folds, groups: independent ? undefined : groups };
  const found = { ...estimate([shares], how), groupsNeeded };
  if (found.groups !== undefined && found.groups < groupsNeeded)
    return { ...found, interval: null, why: "few groups" };
  if (found.samples < samples) return { ...found, interval: null, why: "few samples" };
  return found;
}

/** Returns the 95 % interval of a measure; null if there is none. */
export const intervalOf = (
  measure: Measure,
  shares: ArrayLike<number>,
  groups: readonly string[] | undefined,
  folds?: number,
): Interval | null => (shares.length === 0 ? null : estimateOf(measure, shares, groups, folds).interval);

/** Returns the 95 % interval of a share; 0 to 1 if there is none. */
export const shareInterval = (
  shares: ArrayLike<number>,
  groups: readonly string[] | undefined,
  measure: Measure = "share",
  folds?: number,
): Interval => intervalOf(measure, shares, groups, folds) ?? [0, 1];

/** Returns the number of groups of the samples; `effective` only if there is an interval. */
export function groupFacts(
  { groups: count, effective, why, samples, groupsNeeded }: MeasureEstimate,
  groups: readonly string[] | undefined,
): GroupFacts {
  if (count === undefined || !groups) return {};
  const at = new Map<string, number>();
  for (const group of groups) if (!at.has(group)) at.set(group, at.size);
  const few = why === "few groups";
  return {
    groups: count,
    ...(effective !== undefined && !few && { effective: Math.min(samples, effective) }),
    ...(few && { few_groups: true as const }),
    ...(few && groupsNeeded !== fewestGroups && { groups_needed: groupsNeeded }),
    group_of: groups.map((group) => at.get(group)!),
  };
}
