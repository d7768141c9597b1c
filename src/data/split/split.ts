import type { Part } from "../../core/events/events.js";
import { type Message, message } from "../../core/messages/message.js";
import { draws } from "../../core/random.js";

/** The facts of an item that the split depends on. */
export interface SplitItem {
  readonly sha256: string;
  /** Index of the class. */
  readonly label: number;
}

/** A split to take out of the training items. */
export interface Share {
  readonly part: Exclude<Part, "train">;
  /** Share of each class, 0 … 1. */
  readonly fraction: number;
}

/** The result of {@link splitOff}. */
export interface Split {
  /** The split of each item. */
  readonly parts: readonly Part[];
  /** Number of near copies in groups that were too large for one split. */
  readonly divided: number;
}

/** Percentage points by which a share may differ from the requested one without a note. */
const maxDeviation = 5;

/** Returns the origin of splits, with the shares reached if few samples of a class, or groups, forced others than the requested ones. */
export function withReachedShares(
  origin: readonly Message[],
  parts: readonly Part[],
  groups = false,
): readonly Message[] {
  if (parts.length === 0) return origin;
  const reached = (["train", "validation", "test"] as const).map((part) =>
    Math.round((100 * parts.filter((one) => one === part).length) / parts.length),
  );
  return origin.map((one) => {
    if (one.code !== "split-shares") return one;
    const requested = one.values.shares.split(" / ").map(Number);
    if (reached.every((share, i) => Math.abs(share - requested[i]!) <= maxDeviation)) return one;
    return message("split-shares", {
      ...one.values,
      shares: reached.join(" / "),
      requested: one.values.shares,
      ...(groups && { groups }),
    });
  });
}

interface Group {
  /** Lowest sha256 of the members, independent of file names and order. */
  readonly key: string;
  readonly members: readonly number[];
  /** The most frequent class of the members. */
  readonly label: number;
}

/**
 * Takes splits out of the training items, class by class. A group of near copies stays in one split. The assignment is a hash of
 * seed and content, independent of file names, order and other items.
 *
 * A split gets round(fraction · n) of a class's n items, at least one from n = 3 on. With n = 2, the second items of the classes go
 * to the splits in turn.
 *
 * @param exact,near group numbers of `groupDuplicates`
 */
export function splitOff(
  items: readonly SplitItem[],
  classes: number,
  shares: readonly Share[],
  groups: {
    readonly exact: ArrayLike<number>;
    readonly near: ArrayLike<number>;
    /** True if there are groups beside copies: they may be too large for the share of any class. */
    readonly areNamed?: boolean;
  },
  seed: number,
): Split {
  // A group too large for its class's share would leave the split empty, so near copies are divided then.
  let numbers = Int32Array.from(items, (_, i) => groups.near[i]!);
  let divided = 0;
  for (let attempt = 0; ; attempt++) {
    const parts: Part[] = items.map(() => "train");
    const all = groupsOf(items, numbers);
    const strained = new Set<number>();
    for (let label = 0; label < classes; label++) {
      const own = all.filter((group) => group.label === label);
      if (!fillShares(own, label, shares, seed, parts)) strained.add(label);
    }
    const breakable = all.filter(
      (group) =>
        strained.has(group.label) &&
        group.members.some((i) => groups.exact[i] !== groups.exact[group.members[0]!]),
    );
    if (breakable.length === 0 || attempt === 2) {
      if (groups.areNamed) fillWithGroups(items, all, shares, seed, parts);
      fillGaps(items, classes, all, shares, seed, parts, groups.areNamed);
      return { parts, divided };
    }
    // The first attempt divides only the largest group of each such class, the second all groups.
    const largest = new Map<number, Group>();
    for (const group of breakable)
      if (group.members.length > (largest.get(group.label)?.members.length ?? 0))
        largest.set(group.label, group);
    numbers = Int32Array.from(numbers);
    for (const group of attempt === 0 ? largest.values() : breakable) {
      divided += group.members.length;
      for (const i of group.members) numbers[i] = groups.exact[i]!;
    }
  }
}

/**
 * Gives whole groups of any class to each split that has less than half of its share, as long as they fit and leave every class in the
 * training split.
 */
function fillWithGroups(
  items: readonly SplitItem[],
  groups: readonly Group[],
  shares: readonly Share[],
  seed: number,
  parts: Part[],
): void {
  const inTrain = new Map<number, number>();
  for (const [i, { label }] of items.entries())
    if (parts[i] === "train") inTrain.set(label, (inTrain.get(label) ?? 0) + 1);
  const draw = new Map(groups.map((group) => [group, draws(seed, "split", group.key).uniform()]));
  const order = [...groups].sort((a, b) => draw.get(a)! - draw.get(b)!);
  for (const { part, fraction } of shares) {
    const quota = Math.round(fraction * items.length);
    let taken = parts.filter((one) => one === part).length;
    if (2 * taken >= quota) continue;
    for (const { members } of order) {
      const isFree = members.every((i) => parts[i] === "train");
      if (!isFree || taken + members.length > quota) continue;
      const labels = new Map<number, number>();
      for (const i of members) labels.set(items[i]!.label, (labels.get(items[i]!.label) ?? 0) + 1);
      if ([...labels].some(([label, n]) => inTrain.get(label) === n)) continue;
      for (const [label, n] of labels) inTrain.set(label, inTrain.get(label)! - n);
      for (const i of members) parts[i] = part;
      taken += members.length;
    }
  }
}

/**
 * Gives a whole group to each split that got none, since all groups are larger than its share. Named groups also go to each split that
 * lacks a class.
 */
function fillGaps(
  items: readonly SplitItem[],
  classes: number,
  groups: readonly Group[],
  shares: readonly Share[],
  seed: number,
  parts: Part[],
  areNamed = false,
): void {
  const draw = (group: Group): number => draws(seed, "split", group.key).uniform();
  /** Takes the smallest group, with a sample of a class, that leaves every class in the training split. */
  const take = (part: Part, label?: number): void => {
    const left = groups
      .filter(({ members }) => members.every((i) => parts[i] === "train"))
      .sort((a, b) => a.members.length - b.members.length || draw(a) - draw(b));
    const trained = (but?: Group): number => {
      const rest = left.filter((group) => group !== but).flatMap(({ members }) => members);
      return new Set(rest.map((i) => items[i]!.label)).size;
    };
    const all = trained();
    const has = ({ members }: Group): boolean =>
      label === undefined || members.some((i) => items[i]!.label === label);
    const found = left.find((group) => left.length > 1 && has(group) && trained(group) === all);
    for (const i of found?.members ?? []) parts[i] = part;
  };
  const wanted = shares.filter(({ fraction }) => fraction > 0);
  for (const { part } of wanted) if (!parts.includes(part)) take(part);
  for (const { part } of areNamed ? wanted : [])
    for (let label = 0; label < classes; label++)
      if (!items.some((item, i) => item.label === label && parts[i] === part)) take(part, label);
}

function groupsOf(items: readonly SplitItem[], numbers: ArrayLike<number>): Group[] {
  const members = new Map<number, number[]>();
  for (let i = 0; i < items.length; i++) {
    const number = numbers[i]!;
    const list = members.get(number);
    if (list === undefined) members.set(number, [i]);
    else list.push(i);
  }
  return [...members.values()].map((list) => {
    // Most groups have one member.
    if (list.length === 1)
      return { key: items[list[0]!]!.sha256, members: list, label: items[list[0]!]!.label };
    const votes = new Map<number, number>();
    for (const i of list) votes.set(items[i]!.label, (votes.get(items[i]!.label) ?? 0) + 1);
    const [label] = [...votes].sort((a, b) => b[1] - a[1] || a[0] - b[0])[0]!;
    const key = list.map((i) => items[i]!.sha256).sort()[0]!;
    return { key, members: list, label };
  });
}

/** Fills the splits of one class. @returns false if a split got less than half of its share, or train got nothing */
function fillShares(
  groups: readonly Group[],
  label: number,
  shares: readonly Share[],
  seed: number,
  parts: Part[],
): boolean {
  const n = groups.reduce((sum, group) => sum + group.members.length, 0);
  if (n < 2) return true;
  const wanted = shares.filter(({ fraction }) => fraction > 0);
  const draw = new Map(groups.map((group) => [group, draws(seed, "split", group.key).uniform()]));
  let left = [...groups].sort((a, b) => draw.get(a)! - draw.get(b)! || (a.key < b.key ? -1 : 1));
  let good = true;
  for (const [k, { part, fraction }] of wanted.entries()) {
    const quota =
      n <= wanted.length ? (k === label % wanted.length ? 1 : 0) : Math.max(1, Math.round(fraction * n));
    let taken = 0;
    const rest: Group[] = [];
    for (const group of left) {
      if (taken + group.members.length <= quota) {
        taken += group.members.length;
        for (const i of group.members) parts[i] = part;
      } else rest.push(group);
    }
    left = rest;
    if (2 * taken < quota) good = false;
  }
  return good && left.length > 0;
}
