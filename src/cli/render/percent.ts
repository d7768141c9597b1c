import type { Interval } from "../../core/events/events.js";
import { fixed, fixedRange } from "../../core/fixed.js";

/** 0.733 -> "73.3 %"; "–" if there is no value. */
export const percent = (share: number | null): string =>
  share === null || !Number.isFinite(share) ? "–" : `${fixed(100 * share, 1)} %`;

/** [0.681, 0.78] -> "68.1 to 78.0 %" */
export const percentRange = ([low, high]: Interval): string =>
  `${fixedRange(100 * low, 100 * high, 1).join(" to ")} %`;

/**
 * [0.681, 0.78] -> "95 % confidence interval 68.1 to 78.0 %"
 * @param interval missing: the samples are too few
 * @param fewGroups the samples are of too few groups for an interval
 */
export const confidence = (interval: Interval | undefined, fewGroups = false): string =>
  !interval || fewGroups ? "no interval" : `95 % confidence interval ${percentRange(interval)}`;
