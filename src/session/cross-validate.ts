import { type Message, message } from "../core/messages/message.js";
import type { ProbeSamples } from "../methods/probe/index.js";
import type { SessionSample } from "./live-session.js";

/** Returns the number of groups in each class. */
export function groupsOfClasses({ labels, groups, classes }: ProbeSamples): number[] {
  const found = Array.from({ length: classes }, () => new Set<string | number>());
  for (const [i, label] of labels.entries()) found[label]!.add(groups?.[i] ?? i);
  return found.map(({ size }) => size);
}

/** Groups of samples for a cross-validation, and what limits its score. */
interface NamedGroups {
  /** Undefined for a sample without a group and without near copies. */
  readonly groups: readonly (string | undefined)[];
  readonly notes: readonly Message[];
}

/**
 * Names the groups of near copies, and counts the samples in them.
 *
 * @param samples sorted by id: the first one of a group names it
 * @param near the lowest position of each sample's near copies and group
 */
export function nameNearCopies(
  samples: readonly Pick<SessionSample, "id" | "group">[],
  near: Int32Array,
): NamedGroups {
  const members = new Map<number, number[]>();
  for (const [i, first] of near.entries()) members.set(first, [...(members.get(first) ?? []), i]);
  const groups = samples.map(({ group }) => group);
  let copies = 0;
  for (const [first, own] of members) {
    // A group that was given is no news.
    if (new Set(own.map((i) => samples[i]!.group ?? i)).size < 2) continue;
    for (const i of own) groups[i] = `near copies of ${samples[first]!.id}`;
    copies += own.length;
  }
  return { groups, notes: copies > 0 ? [message("score-near-copies", { copies })] : [] };
}
