import type { Part } from "../../core/events/events.js";
import { type Message, message } from "../../core/messages/message.js";
import { draws } from "../../core/random.js";

/** What the split needs to know of a picture. */
export interface SplitItem {
  readonly sha256: string;
  /** Index of the class. */
  readonly label: number;
}

/** A part to be taken out of the training pictures. */
export interface Share {
  readonly part: Exclude<Part, "train">;
  /** Of each class, 0 … 1. */
  readonly fraction: number;
}

export interface Split {
  readonly parts: readonly Part[];
  /** Near copies that had to be divided, since their group was too large to stay on one side. */
  readonly divided: number;
}

/** Percentage points that a split may be off before its origin says so. */
const mostOff = 10;

/** Returns the origin of splits, with the shares reached if small classes forced others than the requested ones. */
export function withReachedShares(origin: readonly Message[], parts: readonly Part[]): readonly Message[] {
  if (parts.length === 0) return origin;
  const reached = (["train", "validation", "test"] as const).map((part) =>
    Math.round((100 * parts.filter((one) => one === part).length) / parts.length),
  );
  return origin.map((one) => {
    if (one.code !== "split-shares") return one;
    const requested = one.values.shares.split(" / ").map(Number);
    if (reached.every((share, i) => Math.abs(share - requested[i]!) <= mostOff)) return one;
    return message("split-shares", {
      ...one.values,
      ...{ shares: reached.join(" / "), requested: one.values.shares },
    });
  });
}

interface Group {
  /** Lowest sha256 in it: the same whatever the files are called and in whatever order they come. */
  readonly key: string;
  readonly members: readonly number[];
  /** The class that most of its members have. */
  readonly label: number;
}

/**
 * Take shares out of the training pictures, class by class, each group of look-alikes on one side. Who goes
 * where is a hash of (seed, content): independent of file names, order and the other pictures' fate.
 *
 * A share gets round(fraction · n) of a class's n pictures, at least one from n = 3 on; with n = 2 the classes
 * give their second picture to the shares in turn.
 *
 * @param exact,near group numbers of `groupLookAlikes`
 */
export function splitOff(
  items: readonly SplitItem[],
  classes: number,
  shares: readonly Share[],
  groups: { readonly exact: ArrayLike<number>; readonly near: ArrayLike<number> },
  seed: number,
): Split {
  // A group that fits into no share of its class would leave it without a test: then near copies are divided.
  let numbers = Int32Array.from(items, (_, i) => groups.near[i]!);
  let divided = 0;
  for (let attempt = 0; ; attempt++) {
    const parts: Part[] = items.map(() => "train");
    const all = groupsOf(items, numbers);
    const strained = new Set<number>();
    for (let label = 0; label < classes; label++) {
      const own = all.filter((group) => group.label === label);
      if (!shareOut(own, label, shares, seed, parts)) strained.add(label);
    }
    const breakable = all.filter(
      (group) =>
        strained.has(group.label) &&
        group.members.some((i) => groups.exact[i] !== groups.exact[group.members[0]!]),
    );
    if (breakable.length === 0 || attempt === 2) return { parts, divided };
    // First only the largest group of each such class, then all of them.
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

function groupsOf(items: readonly SplitItem[], numbers: ArrayLike<number>): Group[] {
  const members = new Map<number, number[]>();
  for (let i = 0; i < items.length; i++) {
    const number = numbers[i]!;
    const list = members.get(number);
    if (list === undefined) members.set(number, [i]);
    else list.push(i);
  }
  return [...members.values()].map((list) => {
    const votes = new Map<number, number>();
    for (const i of list) votes.set(items[i]!.label, (votes.get(items[i]!.label) ?? 0) + 1);
    const [label] = [...votes].sort((a, b) => b[1] - a[1] || a[0] - b[0])[0]!;
    const key = list.map((i) => items[i]!.sha256).sort()[0]!;
    return { key, members: list, label };
  });
}

/** @returns false when a share got less than half of what it should, or training got nothing */
function shareOut(
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
