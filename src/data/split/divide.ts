import { EngraftError } from "../../core/errors.js";
import type { Part } from "../../core/events/events.js";
import { type Message, message, warningText } from "../../core/messages/message.js";
import type { Leak, Skipped } from "../dataset.js";
import { count, type Warning } from "./found.js";
import { joined } from "./groups.js";
import { checkGroups, type EmptyParts, haveGroups, keepForTraining } from "./named-groups.js";
import { type Share, splitOff, withReachedShares } from "./split.js";

/** A sample before the split. */
export interface Undivided {
  readonly id: string;
  readonly sha256: string;
  readonly given: Part | undefined;
  readonly group?: string | undefined;
}

/** The lowest position of each sample's group of copies. */
export interface Copies {
  readonly exact: ArrayLike<number>;
  readonly near: ArrayLike<number>;
}

/** How samples are divided. */
export interface Division extends EmptyParts {
  readonly seed: number;
  readonly validationFraction: number;
  readonly testFraction: number;
  readonly unit: "row" | "picture" | "clip";
  readonly root: string;
  /** Equal rows may be two customers: they are kept, and counted. Default: exact copies across given splits are left out. */
  readonly keepCopies?: boolean;
  /** Checks what is left before it is divided. @throws DataError */
  check?(kept: readonly number[], given: readonly (Part | undefined)[]): void;
}

/** The splits of samples. */
export interface Divided {
  /** Positions of the samples that are kept. */
  readonly kept: readonly number[];
  /** The split of each kept sample. */
  readonly parts: readonly Part[];
  /** Number of exact copies, of near copies, and of samples with a copy in another split. */
  readonly exact: number;
  readonly near: number;
  readonly acrossParts: number;
  /** Where the splits come from. */
  readonly origin: readonly Message[];
  readonly leaks: readonly Leak[];
}

const rank: Readonly<Record<Part, number>> = { train: 0, validation: 1, test: 2 };

/**
 * Divides samples into splits: as given, or bin by bin, with copies and groups on one side.
 * @param all each with the bin of its target
 * @param skipped,warnings receive new entries
 * @throws DataError if a split is empty
 */
export function divide(
  all: readonly Undivided[],
  strata: { readonly bin: ArrayLike<number>; readonly bins: number },
  copies: Copies,
  options: Division,
  skipped: Skipped[],
  warnings: Warning[],
): Divided {
  const { unit, root } = options;
  const names = all.map(({ group }) => group);
  const grouped = haveGroups(names);
  // Named groups are never divided; groups of near copies may be, as a last resort.
  const together = grouped
    ? {
        exact: joined(Int32Array.from(copies.exact), names),
        near: joined(Int32Array.from(copies.near), names),
      }
    : copies;
  const exact = all.filter((_, i) => copies.exact[i] !== i).length;
  const near = all.filter((_, i) => copies.near[i] !== i).length - exact;
  const { given, origin, shares } = planSplits(all, options, root, unit);
  const across = acrossParts(all, given, copies, options, skipped, warnings);
  const kept = all.map((_, i) => i).filter((i) => !across.dropped.has(i));
  options.check?.(kept, given);
  const parts: Part[] = given.map((part) => part ?? "train");
  const pool = kept.filter((i) => isDivided(given[i]));
  if (shares.length > 0) {
    const inPool = (numbers: ArrayLike<number>) => pool.map((i) => numbers[i]!);
    const split = splitOff(
      pool.map((i) => ({ sha256: all[i]!.sha256, label: strata.bin[i]! })),
      strata.bins,
      shares,
      { exact: inPool(together.exact), near: inPool(together.near), areNamed: grouped },
      options.seed,
    );
    for (const [k, i] of pool.entries()) parts[i] = split.parts[k]!;
    if (split.divided > 0)
      warnings.push(dividedWarning(split.divided, leaksOf(all, parts, together.near, "near", pool)));
  }
  const labelled = all.map(({ group, given: part }, i) => ({ label: strata.bin[i]!, group, given: part }));
  const { emptyParts } = keepForTraining(labelled, parts, options, warnings);
  const assigned = kept.map((i) => parts[i]!);
  const reached = withReachedShares(origin, assigned, grouped);
  const shared = grouped ? groupsAcross(all, parts, kept, unit, warnings) : [];
  // Says that groups are the reason if a split is empty.
  checkGroups(
    kept.map((i) => names[i]),
    assigned,
    unit,
    root,
    { emptyParts },
  );
  for (const part of ["train", "validation", "test"] as const)
    if (!emptyParts && !assigned.includes(part) && wants(part, options))
      throw new EngraftError("DataError", `nothing is left for the ${part} part of ${JSON.stringify(root)}`, {
        at: count(assigned.length, unit),
        help: `add ${unit}s, or give the split yourself (${unit === "picture" ? "folders train, val and test" : 'a column "split" with train, val and test'})`,
        code: "too-few-samples",
        details: { samples: assigned.length },
      });
  return {
    kept,
    parts: assigned,
    exact,
    near,
    acrossParts: across.count,
    origin: grouped && shares.length > 0 ? [...reached, message("groups-together")] : reached,
    leaks: [...across.leaks, ...shared],
  };
}

const wants = (part: Part, { testFraction, validationFraction }: Division): boolean =>
  part === "train" || (part === "test" ? testFraction : validationFraction) > 0;

/** Returns the pairs of one group in two splits, with a warning. */
function groupsAcross(
  all: readonly Undivided[],
  parts: readonly Part[],
  remaining: readonly number[],
  unit: string,
  warnings: Warning[],
): readonly Leak[] {
  const names = all.map(({ group }) => group);
  const shared = leaksOf(all, parts, joined(identity(all), names), "group", remaining);
  if (shared.length === 0) return [];
  const found = {
    samples: shared.length,
    unit,
    test: ofTest(shared),
    groups: new Set(shared.map(({ item }) => names[idsOf(all).get(item)!])).size,
  };
  warnings.push(warningText("groups_across_parts", message("groups-across-splits", found)));
  return shared;
}

const identity = (all: readonly Undivided[]): Int32Array => Int32Array.from(all, (_, i) => i);
const idsOf = (all: readonly Undivided[]): ReadonlyMap<string, number> =>
  new Map(all.map(({ id }, i) => [id, i]));

/** Returns the samples at `positions` that share a group with a sample of a higher split. */
export function leaksOf(
  all: readonly { readonly id: string }[],
  parts: readonly (Part | undefined)[],
  numbers: ArrayLike<number>,
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
function planSplits(
  all: readonly Pick<Undivided, "given">[],
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
  all: readonly Undivided[],
  given: readonly (Part | undefined)[],
  groups: Copies,
  { unit, keepCopies }: Division,
  skipped: Skipped[],
  warnings: Warning[],
): { readonly count: number; readonly dropped: ReadonlySet<number>; readonly leaks: readonly Leak[] } {
  /** Returns the image of the highest split, by group. */
  const best = (numbers: ArrayLike<number>) => {
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
    if (!keepCopies && rank[given[copy]!] > rank[part]) {
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
      warningText(
        "exact_duplicates_across_parts",
        message("copies-left-out", { pictures: dropped.size, unit }),
      ),
    );
  const found = { unit, test: near.filter((part) => part === "test").length };
  if (near.length > 0)
    warnings.push(
      unit === "picture"
        ? warningText(
            "near_duplicates_across_parts",
            message("look-alikes-across-splits", { pictures: near.length, ...found }),
          )
        : warningText(
            "copies_across_parts",
            message("copies-across-splits", { samples: near.length, ...found }),
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
    leaks: [
      ...copies.map((leak): Leak => ({ ...leak, ...(!keepCopies && { left_out: true as const }) })),
      ...nearDuplicates,
    ],
  };
}

/** Returns true for samples that the program may divide: those without a given test or validation split. */
export const isDivided = (given: Part | undefined): boolean => given === undefined || given === "train";

/**
 * Divides numbers into up to five bins of about equal size, so that every split gets small and large numbers. Only the
 * items that are divided set the edges of the bins.
 * @returns the bin of each number, and the number of bins
 */
export function binsOf(items: readonly { readonly value: number; readonly given: Part | undefined }[]): {
  readonly bin: Int32Array;
  readonly bins: number;
} {
  const sorted = items
    .filter(({ given }) => isDivided(given))
    .map(({ value }) => value)
    .sort((a, b) => a - b);
  const wanted = Math.max(1, Math.min(5, Math.floor(sorted.length / 10)));
  const edges = Array.from(
    { length: wanted - 1 },
    (_, k) => sorted[Math.floor(((k + 1) * sorted.length) / wanted)]!,
  );
  const raw = items.map(({ value }) => edges.filter((edge) => value >= edge).length);
  // Equal numbers share a bin, so some may be empty: the others are renumbered.
  const used = [...new Set(raw)].sort((a, b) => a - b);
  return { bin: Int32Array.from(raw, (b) => used.indexOf(b)), bins: used.length };
}
