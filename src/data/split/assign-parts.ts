import { EngraftError } from "../../core/errors.js";
import type { Part } from "../../core/events/events.js";
import { firstOf } from "../../core/messages/counted.js";
import { type Message, message, warningText } from "../../core/messages/message.js";
import type { Leak } from "../dataset.js";
import type { DuplicateGroups } from "../images/duplicate-groups.js";
import { byCodePoint, count, type FoundPicture, foldersWithin, quoted, type Warning } from "./found.js";
import { joined } from "./groups.js";
import { checkGroups, type EmptyParts, keepForTraining } from "./named-groups.js";
import { type Share, splitOff, withReachedShares } from "./split.js";

/** An image with its content hash and thumbnail. */
export interface Known extends FoundPicture {
  readonly sha256: string;
  readonly thumbnail: Uint8Array;
}

/** The splits of images. */
export interface Assigned {
  readonly pictures: readonly Known[];
  /** The split of each picture. */
  readonly parts: readonly Part[];
  /** Number of exact copies. */
  readonly exact: number;
  /** Number of near copies. */
  readonly near: number;
  /** Number of images with a copy in another given split. */
  readonly acrossParts: number;
  /** Where the splits come from. */
  readonly origin: readonly Message[];
  readonly leaks: readonly Leak[];
}

const rank: Readonly<Record<Part, number>> = { train: 0, validation: 1, test: 2 };

/**
 * Assigns every image to a split, from the given splits, the groups of copies and the seed.
 *
 * @param all sorted by id
 * @param duplicates groups of copies
 * @param skipped,warnings receive new entries
 * @throws DataError if a class or a split has too few images
 */
export function assignParts(
  all: readonly Known[],
  duplicates: DuplicateGroups,
  options: {
    readonly seed: number;
    readonly validationFraction: number;
    readonly testFraction: number;
  } & EmptyParts,
  skipped: { item: string; reason: string }[],
  warnings: Warning[],
  root: string,
): Assigned {
  const names = all.map(({ group }) => group);
  const grouped = names.some((name) => name !== undefined);
  // Named groups are never divided; groups of near copies may be, as a last resort.
  const groups = grouped
    ? { exact: joined(duplicates.exact, names), near: joined(duplicates.near, names) }
    : duplicates;
  const exact = all.filter((_, i) => duplicates.exact[i] !== i).length;
  const near = all.filter((_, i) => duplicates.near[i] !== i).length - exact;
  warnConflicts(all, duplicates.exact, "picture", warnings);

  const { given, origin, shares } = planSplits(all, options, root);
  const across = acrossParts(all, given, duplicates, skipped, warnings);
  const remaining = all.map((_, i) => i).filter((i) => !across.dropped.has(i));
  if (!options.emptyParts)
    checkClasses(
      remaining.map((i) => ({ ...all[i]!, part: given[i] })),
      root,
    );

  // Only images without a given split are assigned; copies count within them.
  const parts: Part[] = given.map((part) => part ?? "train");
  const pool = remaining.filter((i) => given[i] === undefined || given[i] === "train");
  if (shares.length > 0) {
    const inPool = (numbers: ArrayLike<number>) => pool.map((i) => numbers[i]!);
    const labels = [...new Set(pool.map((i) => all[i]!.label))].sort(byCodePoint);
    const indexOf = new Map(labels.map((label, k) => [label, k]));
    const split = splitOff(
      pool.map((i) => ({ sha256: all[i]!.sha256, label: indexOf.get(all[i]!.label)! })),
      labels.length,
      shares,
      { exact: inPool(groups.exact), near: inPool(groups.near), areNamed: grouped },
      options.seed,
    );
    for (const [k, i] of pool.entries()) parts[i] = split.parts[k]!;
    if (split.divided > 0)
      warnings.push(dividedWarning(split.divided, leaksOf(all, parts, groups.near, "near", pool)));
  }
  const allowed = { ...options, ...keepForTraining(all, parts, options, warnings) };
  const assigned = remaining.map((i) => parts[i]!);
  const reached = withReachedShares(origin, assigned, grouped);
  const shared = grouped ? groupsAcross(all, parts, remaining, warnings) : [];
  // Says that groups are the reason if a split is empty.
  if (grouped)
    checkGroups(
      remaining.map((i) => names[i]),
      assigned,
      "picture",
      root,
      allowed,
    );
  checkParts(
    remaining.map((i) => ({ label: all[i]!.label, part: parts[i]! })),
    allowed,
    warnings,
    root,
  );
  return {
    pictures: remaining.map((i) => all[i]!),
    parts: assigned,
    exact,
    near,
    acrossParts: across.count,
    origin: grouped && shares.length > 0 ? [...reached, message("groups-together")] : reached,
    leaks: [...across.leaks, ...shared],
  };
}

/** Returns the pairs of one group in two splits, with a warning. */
function groupsAcross(
  all: readonly Known[],
  parts: readonly Part[],
  remaining: readonly number[],
  warnings: Warning[],
): readonly Leak[] {
  const names = all.map(({ group }) => group);
  const shared = leaksOf(all, parts, joined(identity(all), names), "group", remaining);
  if (shared.length === 0) return [];
  const found = {
    samples: shared.length,
    unit: "picture",
    test: ofTest(shared),
    groups: new Set(shared.map(({ item }) => names[idsOf(all).get(item)!])).size,
  };
  warnings.push(warningText("groups_across_parts", message("groups-across-splits", found)));
  return shared;
}

const identity = (all: readonly Known[]): Int32Array => Int32Array.from(all, (_, i) => i);
const idsOf = (all: readonly Known[]): ReadonlyMap<string, number> =>
  new Map(all.map(({ id }, i) => [id, i]));

/** Returns the samples at `positions` that share a group with a sample of a higher split. */
export function leaksOf(
  all: readonly { readonly id: string }[],
  parts: readonly (Part | undefined)[],
  numbers: Int32Array,
  kind: Leak["kind"],
  positions: readonly number[],
): Leak[] {
  const highest = new Map<number, number>();
  for (const i of positions) {
    const other = highest.get(numbers[i]!);
    const part = parts[i];
    if (part && (other === undefined || rank[part] > rank[parts[other]!])) highest.set(numbers[i]!, i);
  }
  return positions.flatMap((i) => {
    const other = highest.get(numbers[i]!);
    const [part, otherPart] = [parts[i], other === undefined ? undefined : parts[other]];
    if (!part || !otherPart || rank[otherPart] <= rank[part]) return [];
    return [{ kind, item: all[i]!.id, part, other: all[other!]!.id, other_part: otherPart }];
  });
}

const dividedWarning = (pictures: number, pairs: readonly Leak[]): Warning =>
  warningText("near_duplicates_divided", message("look-alikes-divided", { pictures, test: ofTest(pairs) }));

/** Number of pairs with a test sample. */
const ofTest = (leaks: readonly Leak[]): number =>
  leaks.filter(({ other_part: part }) => part === "test").length;

interface Plan {
  /** The given split of each image, or undefined. */
  readonly given: readonly (Part | undefined)[];
  readonly origin: readonly Message[];
  readonly shares: readonly Share[];
}

/** Plans the splits: which are given, and which are taken out of train. @throws DataError without training images */
export function planSplits(
  all: readonly Pick<Known, "given">[],
  options: { readonly seed: number; readonly validationFraction: number; readonly testFraction: number },
  root: string,
  unit = "picture",
): Plan {
  const { seed, validationFraction, testFraction } = options;
  const has = new Set(all.map(({ given }) => given));
  const percent = (x: number) => Math.round(100 * x);
  const validation: Share = { part: "validation", fraction: validationFraction };
  const taken = message("validation-taken", { percent: percent(validationFraction), seed });
  const asGiven = all.map(({ given }) => given);
  if (!has.has("validation") && !has.has("test")) {
    const shares = [1 - validationFraction - testFraction, validationFraction, testFraction].map(percent);
    return {
      given: all.map(() => undefined),
      origin: [
        message("split-shares", {
          shares: shares.join(" / "),
          stratified: "class",
          together: unit === "row" ? "equal rows" : "look-alikes",
          seed,
        }),
        ...(has.has("train") ? [message("only-train-given")] : []),
      ],
      shares: [{ part: "test", fraction: testFraction }, validation],
    };
  }
  if (!has.has("train"))
    throw new EngraftError("DataError", `no ${unit} of the train part in ${JSON.stringify(root)}`, {
      help: `give ${unit}s to learn from, or no split at all`,
    });
  if (has.has("validation") && has.has("test"))
    return { given: asGiven, origin: [message("splits-given")], shares: [] };
  if (has.has("test"))
    return { given: asGiven, origin: [message("test-given"), taken], shares: [validation] };
  return {
    given: asGiven.map((part) => (part === "validation" ? "test" : part)),
    origin: [message("validation-becomes-test"), taken],
    shares: [validation],
  };
}

/**
 * Finds copies across given splits. Exact copies are removed from train or validation; near copies are reported.
 */
function acrossParts(
  all: readonly Known[],
  given: readonly (Part | undefined)[],
  groups: { readonly exact: Int32Array; readonly near: Int32Array },
  skipped: { item: string; reason: string }[],
  warnings: Warning[],
): { readonly count: number; readonly dropped: ReadonlySet<number>; readonly leaks: readonly Leak[] } {
  /** Returns the image of the highest split, by group. */
  const best = (numbers: Int32Array) => {
    const highest = new Map<number, number>();
    for (const [i, part] of given.entries()) {
      if (part === undefined) continue;
      const other = highest.get(numbers[i]!);
      if (other === undefined || rank[part] > rank[given[other]!]) highest.set(numbers[i]!, i);
    }
    return highest;
  };
  const exactBest = best(groups.exact);
  const nearBest = best(groups.near);
  const dropped = new Set<number>();
  const near: Part[] = [];
  for (const [i, part] of given.entries()) {
    if (part === undefined) continue;
    const copy = exactBest.get(groups.exact[i]!)!;
    if (rank[given[copy]!] > rank[part]) {
      dropped.add(i);
      skipped.push({
        item: all[i]!.id,
        reason: `an exact copy of ${JSON.stringify(all[copy]!.id)}, which is in the ${given[copy]!} part`,
      });
      continue;
    }
    const similar = given[nearBest.get(groups.near[i]!)!]!;
    if (rank[similar] > rank[part]) near.push(similar);
  }
  if (dropped.size > 0)
    warnings.push(
      warningText("exact_duplicates_across_parts", message("copies-left-out", { pictures: dropped.size })),
    );
  if (near.length > 0)
    warnings.push(
      warningText(
        "near_duplicates_across_parts",
        message("look-alikes-across-splits", {
          pictures: near.length,
          test: near.filter((part) => part === "test").length,
        }),
      ),
    );
  const everyone = all.map((_, i) => i);
  const copies = leaksOf(all, given, groups.exact, "exact", everyone);
  const copied = new Set(copies.map(({ item }) => item));
  const nearDuplicates = leaksOf(all, given, groups.near, "near", everyone).filter(
    ({ item }) => !copied.has(item),
  );
  return {
    count: dropped.size + near.length,
    dropped,
    leaks: [...copies.map((leak): Leak => ({ ...leak, left_out: true })), ...nearDuplicates],
  };
}

/** Adds a warning if copies have another label than the first of them. @param exact the first copy of each sample */
export function warnConflicts(
  all: readonly { readonly id: string; readonly label: string | number }[],
  exact: Int32Array,
  unit: "picture" | "row",
  warnings: Warning[],
): void {
  const conflicts = all.filter((one, i) => all[exact[i]!]!.label !== one.label);
  if (conflicts.length === 0) return;
  const found = { copies: conflicts.length, unit, ...firstOf(conflicts.map(({ id }) => id)) };
  warnings.push(warningText("copies_with_other_labels", message("copies-with-other-labels", found)));
}

/** Checks the number of images of each class. @throws DataError for classes with too few images */
export function checkClasses(
  items: readonly {
    readonly id: string;
    readonly label: string;
    readonly sha256: string;
    readonly part: Part | undefined;
  }[],
  root: string,
  unit = "picture",
): void {
  const byClass = new Map<string, { n: number; train: number; contents: Set<string> }>();
  for (const { label, sha256, part } of items) {
    const one = byClass.get(label) ?? { n: 0, train: 0, contents: new Set<string>() };
    one.n++;
    if (part === undefined || part === "train") one.train++;
    one.contents.add(sha256);
    byClass.set(label, one);
  }
  const names = [...byClass.keys()].sort(byCodePoint);
  if (names.length < 2)
    throw new EngraftError("DataError", `only one class in ${JSON.stringify(root)}: ${quoted(names)}`, {
      help: `a classifier needs at least two classes: make one folder for each${foldersWithin(items, names[0]!)}`,
      code: "one-class",
      details: { class: names[0]! },
    });
  const missingInTrain = names.filter((name) => byClass.get(name)!.train === 0);
  if (missingInTrain.length > 0)
    throw new EngraftError(
      "DataError",
      `${quoted(missingInTrain)} ${missingInTrain.length === 1 ? "has" : "have"} no ${unit} in the train part, but in another one`,
      {
        at: root,
        help: `add training ${unit}s for it, or remove it from the other parts; check the spelling`,
      },
    );
  const single = names.filter((name) => byClass.get(name)!.n === 1);
  if (single.length > 0)
    throw new EngraftError(
      "DataError",
      `${single.length === 1 ? "a class has" : `${single.length} classes have`} only one ${unit}: ${quoted(single)}`,
      {
        at: root,
        help: "a class needs at least 2, one to learn from and one to test; add some or remove the class",
        code: "class-too-small",
        details: { class: single[0]! },
      },
    );
  const copiesOnly = names.filter((name) => byClass.get(name)!.contents.size === 1);
  if (copiesOnly.length > 0)
    throw new EngraftError(
      "DataError",
      `all ${unit}s of a class are copies of one: ${quoted(copiesOnly.map((name) => `${name} (${byClass.get(name)!.n})`))}`,
      { at: root, help: `a class needs at least 2 different ${unit}s` },
    );
}

/** Warns of classes without a test image. @throws DataError if a split is empty */
function checkParts(
  items: readonly { readonly label: string; readonly part: Part }[],
  options: { readonly validationFraction: number; readonly testFraction: number } & EmptyParts,
  warnings: Warning[],
  root: string,
): void {
  const classes = new Set(items.map(({ label }) => label));
  for (const part of ["train", "validation", "test"] as const) {
    const inside = new Set(items.filter((item) => item.part === part).map(({ label }) => label));
    const wanted =
      part === "train" || (part === "test" ? options.testFraction : options.validationFraction) > 0;
    if (inside.size === 0 && wanted && !options.emptyParts)
      throw new EngraftError("DataError", `nothing is left for the ${part} part of ${JSON.stringify(root)}`, {
        at: count(items.length, "picture"),
        help: "add pictures, or give the split yourself (folders train, val and test)",
        code: "too-few-samples",
        details: { samples: items.length },
      });
    const without = [...classes].filter((label) => !inside.has(label)).sort(byCodePoint);
    if (part === "test" && without.length > 0 && inside.size > 0)
      warnings.push(
        warningText(
          "classes_without_test",
          message("classes-without-test", { classes: without.length, ...firstOf(without) }),
        ),
      );
  }
}
