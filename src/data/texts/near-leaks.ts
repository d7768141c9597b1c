import type { Part } from "../../core/events/events.js";
import { message, warningText } from "../../core/messages/message.js";
import type { Leak } from "../dataset.js";
import { leaksOf } from "../split/divide.js";
import type { Warning } from "../split/found.js";

/** The near copies of a dataset. */
export interface NearCopies {
  /** Number of near copies of other samples. */
  readonly near: number;
  /** Number of samples of the training split with a near copy in another split. */
  readonly nearAcross: number;
  /** Near copies in two splits. */
  readonly leaks: readonly Leak[];
}

/**
 * Counts near copies, and finds those in two splits.
 * @param groups the lowest position of each sample's group
 */
export function findNearLeaks(
  samples: readonly { readonly id: string }[],
  parts: readonly Part[],
  groups: Int32Array,
  unit: "text" | "sentence",
): NearCopies & { readonly warnings: readonly Warning[] } {
  const near = groups.filter((first, i) => first !== i).length;
  if (near === 0) return { near: 0, nearAcross: 0, leaks: [], warnings: [] };
  const everyone = Array.from(groups, (_, i) => i);
  const leaks = leaksOf(samples, parts, groups, "near", everyone);
  const nearAcross = leaks.filter(({ part }) => part === "train").length;
  const ofTest = new Set(groups.filter((_, i) => parts[i] === "test"));
  const test = parts.filter((part, i) => part === "train" && ofTest.has(groups[i]!)).length;
  const sentence = message("near-texts-across-splits", { samples: nearAcross, unit, test });
  const warnings = nearAcross > 0 ? [warningText("near_duplicates_across_parts", sentence)] : [];
  return { near, nearAcross, leaks, warnings };
}

/** Returns the groups for a split; undefined if every sample is a group of its own. */
export const haveNear = (groups: Int32Array): Int32Array | undefined =>
  groups.some((first, i) => first !== i) ? groups : undefined;
