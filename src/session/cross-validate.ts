import { type Message, message } from "../core/messages/message.js";
import { type Rows, wholeOf } from "../core/results/rows.js";
import { joined } from "../data/split/groups.js";
import { NearRows } from "../linalg/near-rows.js";
import type { ProbeSamples } from "../methods/probe/index.js";
import type { SessionSample } from "./live-session.js";

/** Returns the number of groups in each class. */
export function groupsOfClasses({ labels, groups, classes }: ProbeSamples): number[] {
  const found = Array.from({ length: classes }, () => new Set<string | number>());
  for (const [i, label] of labels.entries()) found[label]!.add(groups?.[i] ?? i);
  return found.map(({ size }) => size);
}

/** Largest distance of near copies: 1 - cos(a, b). */
const farthest = 0.05;
/** Largest distance after the mean is subtracted, so that pictures of one surface, which are all alike, are no copies. */
const farthestCentred = 0.2;

/** Groups of samples for a cross-validation, and what limits its score. */
interface JoinedGroups {
  /** Undefined for a sample without a group and without near copies. */
  readonly groups: readonly (string | undefined)[];
  readonly notes: readonly Message[];
}

/**
 * Joins the groups of near copies. If all samples of a class are near copies of each other, they stay apart, and a note says so: a base that
 * hardly tells any samples apart would leave no score.
 *
 * @param samples sorted by id: the first one of a group names it
 */
export function joinNearCopies(
  samples: readonly Pick<SessionSample, "id" | "label" | "group">[],
  rows: Rows,
): JoinedGroups {
  const groups = samples.map(({ group }) => group);
  const roots = groupNearCopies(rows, groups);
  const all = [...roots.keys()];
  /** Number of groups, as they were given, of some samples. */
  const count = (some: readonly number[]): number => new Set(some.map((i) => groups[i] ?? i)).size;
  const ofClass = placesBy(all, (i) => samples[i]!.label);
  const alike = [...ofClass].filter(
    ([, own]) => new Set(own.map((i) => roots[i])).size < 2 && count(own) > 1,
  );
  const apart = new Set(alike.map(([, [i]]) => roots[i!]));
  const together = [...placesBy(all, (i) => roots[i]!)].flatMap(([root, own]) =>
    !apart.has(root) && count(own) > 1 ? [own] : [],
  );
  for (const own of together) for (const i of own) groups[i] = `near copies of ${samples[own[0]!]!.id}`;
  const copies = together.reduce((sum, own) => sum + own.length, 0);
  const [first, ...more] = alike;
  const notes = [
    copies > 0 && message("score-near-copies", { copies }),
    first && message("score-alike", { class: first[0], more: more.length }),
  ];
  return { groups, notes: notes.filter((note) => !!note) };
}

/** Returns the places of samples by a key. */
function placesBy<K>(places: readonly number[], keyOf: (i: number) => K): Map<K, number[]> {
  const found = new Map<K, number[]>();
  for (const i of places) found.set(keyOf(i), [...(found.get(keyOf(i)) ?? []), i]);
  return found;
}

/**
 * Returns the lowest sample of each sample's group. Near copies, which the base can hardly tell apart, are in one group, and so are
 * samples with the same named group.
 *
 *     1 - cos(a, b) ≤ 0.05  and  1 - cos(a - μ, b - μ) ≤ 0.2, μ the mean of all features
 *
 * Measured 1 - cos of photographs with `vision-open`: at most 0.03 to copies (noise of 6 of 255, JPEG at quality 50), 0.03 to crops of 98 %
 * (median), and at least 0.23 to each other. Different texts have at least 0.1 with `text-mini`, spoken words 0.11 with `audio-mini`. Frames of one
 * recording have at most 0.006, centred 0.16 (95 % of them); frames of two recordings of one surface at least 0.01, centred 0.27.
 *
 * @param rows float32[N, D]
 * @param groups names; undefined for samples without a group
 */
function groupNearCopies(rows: Rows, groups: readonly (string | undefined)[]): Int32Array {
  const { count, width } = rows;
  const table = wholeOf(rows);
  const parents = joined(
    Int32Array.from({ length: count }, (_, i) => i),
    groups,
  );
  const root = (i: number): number => {
    let at = i;
    while (parents[at] !== at) at = parents[at]!;
    return at;
  };
  const near = new NearRows(rows);
  for (let i = 1; i < count; i++)
    for (const j of near.before(i, farthestCentred, (one) => root(one) === root(i))) {
      if (distance(table, i * width, j * width, width) > farthest) continue;
      const [x, y] = [root(i), root(j)];
      parents[Math.max(x, y)] = Math.min(x, y);
    }
  return parents.map((_, i) => root(i));
}

/** 1 - cos of the rows that begin at a and b. */
function distance(table: Float32Array, a: number, b: number, width: number): number {
  let [dot, aa, bb] = [0, 0, 0];
  for (let t = 0; t < width; t++) {
    const [x, y] = [table[a + t]!, table[b + t]!];
    dot += x * y;
    aa += x * x;
    bb += y * y;
  }
  return aa > 0 && bb > 0 ? 1 - dot / Math.sqrt(aa * bb) : 1;
}
