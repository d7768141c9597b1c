import { EngraftError } from "../../core/errors.js";
import type { Part } from "../../core/events/events.js";
import { type Message, message, warningText } from "../../core/messages/message.js";
import type { Leak, Skipped } from "../dataset.js";
import {
  copiesToLeaveOut,
  type DrawnPart,
  type GivenSplits,
  givenSplits,
  leftOutWarnings,
  rank,
  rankIn,
  type SampleUnit,
  sampleKinds,
} from "./copies.js";
import { count, type Warning } from "./found.js";
import { joined } from "./groups.js";
import { checkGroups, type EmptyParts, haveGroups, keepForTraining } from "./named-groups.js";
import { splitOff, withReachedShares } from "./split.js";

/** A sample before the split. */
export interface Undivided {
  readonly id: string;
  readonly sha256: string;
  readonly given: Part | undefined;
  readonly group?: string | undefined;
  /** The target of a text or a sentence: copies with different targets are no repetitions. */
  readonly target?: unknown;
}

/** The lowest position of each sample's group of copies. */
export interface Copies {
  readonly exact: ArrayLike<number>;
  readonly near: ArrayLike<number>;
}

/** How samples are divided. */
export interface Division extends EmptyParts {
  readonly seed: number;
  /** Share for a split that is not given, 0 … 1. Default 0.15. */
  readonly validationFraction?: number | undefined;
  readonly testFraction?: number | undefined;
  readonly unit: SampleUnit;
  readonly root: string;
  /** Checks the samples that are kept, before they are divided. @throws DataError */
  check?(kept: readonly number[], given: readonly (Part | undefined)[]): void;
}

/** The splits of samples. */
export interface Divided {
  /** Positions of the samples that are kept. */
  readonly kept: readonly number[];
  /** The split of each kept sample. */
  readonly parts: readonly Part[];
  /** Id of the first copy or near copy of each kept sample; undefined for a sample without one. */
  readonly copyOf: readonly (string | undefined)[];
  /** Number of exact copies, of near copies, and of samples with a copy in another split. */
  readonly exact: number;
  readonly near: number;
  readonly acrossParts: number;
  /** Where the splits come from. */
  readonly origin: readonly Message[];
  readonly leaks: readonly Leak[];
}

/**
 * Divides samples into splits: as given, or stratum by stratum. Copies and groups stay in one split. Copies of a sample of another given
 * split are left out, see {@link copiesToLeaveOut}.
 * @param strata the stratum of each sample
 * @param skipped,warnings receive new entries
 * @throws DataError without a training sample, and if a split is empty
 */
export function divide(
  all: readonly Undivided[],
  strata: { readonly bin: ArrayLike<number>; readonly bins: number },
  copies: Copies,
  options: Division,
  skipped: Skipped[],
  warnings: Warning[],
): Divided {
  const { unit, root, seed, validationFraction = 0.15, testFraction = 0.15 } = options;
  const { given, moved, missing } = givenSplits(all);
  const isGiven = !missing.includes("test");
  if (isGiven && !all.some((one) => one.given === "train"))
    throw new EngraftError("DataError", `no ${unit} of the train part in ${JSON.stringify(root)}`, {
      help: `give ${unit}s to learn from, or no split at all`,
    });
  const leftOut = copiesToLeaveOut(
    given,
    copies.exact,
    unit,
    all.map(({ target }) => target),
  );
  const across = [...leftOut].filter(([i, other]) => rankIn(given, other) > rankIn(given, i));
  for (const [i, other] of across)
    skipped.push({
      item: all[i]!.id,
      reason: `an exact copy of ${JSON.stringify(all[other]!.id)}, which is in the ${given[other]!} part`,
    });
  warnings.push(...leftOutWarnings(leftOut, given, unit));
  const kept = all.map((_, i) => i).filter((i) => !leftOut.has(i));
  options.check?.(kept, given);

  const parts: Part[] = given.map((part) => part ?? "train");
  const groups = all.map(({ group }) => group);
  const grouped = haveGroups(groups);
  const pool = kept.filter((i) => parts[i] === "train");
  const shareOf = { validation: validationFraction, test: testFraction };
  const shares = missing.map((part) => ({ part, fraction: shareOf[part] }));
  let divided = 0;
  if (shares.length > 0) {
    // Named groups are never divided. Groups of near copies are, if they are too large for a split.
    const [exact, near] = [copies.exact, copies.near].map((numbers) =>
      withinPool(grouped ? joined(Int32Array.from(numbers), groups) : numbers, pool),
    );
    const items = pool.map((i) => ({ sha256: all[i]!.sha256, label: strata.bin[i]! }));
    const together = { exact: exact!, near: near!, areNamed: grouped };
    const split = splitOff(items, strata.bins, shares, together, seed);
    for (const [k, i] of pool.entries()) parts[i] = split.parts[k]!;
    divided = split.divided;
  }
  const labelled = all.map(({ group, given: part }, i) => ({ label: strata.bin[i]!, group, given: part }));
  const { emptyParts } = keepForTraining(labelled, parts, options, warnings);

  const exact = copiesIn(copies.exact);
  const near = copiesIn(copies.near) - exact;
  const leaks = leaksAcross(all, parts, copies, { kept, across });
  warnings.push(...copyWarnings(leaks, { unit, divided, pool: new Set(pool.map((i) => all[i]!.id)) }));
  const assigned = kept.map((i) => parts[i]!);
  const itsGroups = kept.map((i) => groups[i]);
  // Says that groups are the reason if a split is empty.
  warnings.push(...checkGroups(itsGroups, assigned, unit, root, { emptyParts }));
  if (!emptyParts) requireFilled(assigned, { ...options, shareOf, copies: leftOut.size });
  const single = joined(identity(all.length), groups);
  const origin = originOf(
    { moved, missing, onlyTrain: all.some((one) => one.given === "train") },
    { unit, seed, shareOf, bins: strata.bins, near, apart: leaks.length, samples: kept.length },
  );
  return {
    kept,
    parts: assigned,
    copyOf: copiesOf(all, copies.near, kept),
    exact,
    near,
    acrossParts: leaks.length,
    origin: [
      ...withReachedShares(origin, assigned, grouped),
      ...(grouped && shares.length > 0 ? [message("groups-together")] : []),
    ],
    leaks: grouped ? [...leaks, ...leaksOf(all, parts, single, "group", kept)] : leaks,
  };
}

const identity = (length: number): Int32Array => Int32Array.from({ length }, (_, i) => i);

/** Number of samples that are a copy of an earlier one. */
const copiesIn = (first: ArrayLike<number>): number =>
  Array.prototype.filter.call(first, (position: number, i: number) => position !== i).length;

/** Returns the id of the first of each kept sample's copies; undefined for a sample without one. */
function copiesOf(
  all: readonly { readonly id: string }[],
  near: ArrayLike<number>,
  kept: readonly number[],
): readonly (string | undefined)[] {
  const members = new Map<number, number[]>();
  for (const i of kept) {
    const own = members.get(near[i]!);
    if (own) own.push(i);
    else members.set(near[i]!, [i]);
  }
  return kept.map((i) => {
    const own = members.get(near[i]!)!;
    return own.length > 1 ? all[own[0]!]!.id : undefined;
  });
}

/** Returns the lowest position in the pool of each of its samples' groups. */
function withinPool(numbers: ArrayLike<number>, pool: readonly number[]): Int32Array {
  const first = new Map<number, number>();
  return Int32Array.from(pool, (i, k) => {
    const position = first.get(numbers[i]!) ?? k;
    first.set(numbers[i]!, position);
    return position;
  });
}

/** @throws DataError for an empty split */
function requireFilled(
  parts: readonly Part[],
  {
    unit,
    root,
    shareOf,
    copies,
  }: Division & { readonly shareOf: Readonly<Record<DrawnPart, number>>; readonly copies: number },
): void {
  for (const part of ["train", "validation", "test"] as const) {
    if (parts.includes(part) || (part !== "train" && shareOf[part] === 0)) continue;
    const given = sampleKinds[unit].givenBy ?? 'a column "split" with train, val and test';
    throw new EngraftError("DataError", `nothing is left for the ${part} part of ${JSON.stringify(root)}`, {
      at: count(parts.length, unit),
      help:
        copies > 0
          ? `${count(copies, unit)} of it ${copies === 1 ? "is" : "are"} in another part as well: add others`
          : `add ${unit}s, or give the split yourself (${given})`,
      code: "too-few-samples",
      details: { samples: parts.length },
    });
  }
}

/** Returns the samples at `positions` that share a group with a sample of a higher split. */
function leaksOf(
  all: readonly { readonly id: string }[],
  parts: readonly Part[],
  numbers: ArrayLike<number>,
  kind: Leak["kind"],
  positions: readonly number[],
): Leak[] {
  const highest = new Map<number, number>();
  for (const i of positions) {
    const other = highest.get(numbers[i]!);
    if (other === undefined || rank[parts[i]!] > rank[parts[other]!]) highest.set(numbers[i]!, i);
  }
  return positions.flatMap((i) => {
    const other = highest.get(numbers[i]!)!;
    const [part, otherPart] = [parts[i]!, parts[other]!];
    if (rank[otherPart] <= rank[part]) return [];
    return [{ kind, item: all[i]!.id, part, other: all[other]!.id, other_part: otherPart }];
  });
}

/** Returns the samples with a copy in a higher split: exact copies first. */
function leaksAcross(
  all: readonly Undivided[],
  parts: readonly Part[],
  { exact, near }: Copies,
  {
    kept,
    across,
  }: { readonly kept: readonly number[]; readonly across: readonly (readonly [number, number])[] },
): readonly Leak[] {
  const left = across.map(
    ([i, other]): Leak => ({
      ...{ kind: "exact", item: all[i]!.id, part: parts[i]!, left_out: true },
      ...{ other: all[other]!.id, other_part: parts[other]! },
    }),
  );
  const copies = leaksOf(all, parts, exact, "exact", kept);
  const copied = new Set(copies.map(({ item }) => item));
  const similar = leaksOf(all, parts, near, "near", kept).filter(({ item }) => !copied.has(item));
  return [...left, ...copies, ...similar];
}

/** Returns warnings about samples with a copy in another split that are kept. @param found.pool ids of the samples that the program divided */
function copyWarnings(
  leaks: readonly Leak[],
  {
    unit,
    divided,
    pool,
  }: { readonly unit: SampleUnit; readonly divided: number; readonly pool: ReadonlySet<string> },
): readonly Warning[] {
  const ofTest = (some: readonly Leak[]): number =>
    some.filter(({ other_part: part }) => part === "test").length;
  const exact = leaks.filter((leak) => leak.kind === "exact" && !leak.left_out);
  const apart = leaks.filter((leak) => leak.kind === "near" && pool.has(leak.item) && pool.has(leak.other));
  const near = leaks.filter((leak) => leak.kind === "near" && !apart.includes(leak));
  return [
    ...(exact.length > 0
      ? [
          warningText(
            "copies_across_parts",
            message("copies-across-splits", { samples: exact.length, unit, test: ofTest(exact) }),
          ),
        ]
      : []),
    ...(near.length > 0
      ? [
          warningText(
            "near_duplicates_across_parts",
            message("near-copies-across-splits", { samples: near.length, unit, test: ofTest(near) }),
          ),
        ]
      : []),
    ...(divided > 0
      ? [
          warningText(
            "near_duplicates_divided",
            message("near-copies-divided", { samples: divided, unit, test: ofTest(apart) }),
          ),
        ]
      : []),
  ];
}

/** Returns where the splits come from. */
function originOf(
  { moved, missing, onlyTrain }: Pick<GivenSplits, "moved" | "missing"> & { readonly onlyTrain: boolean },
  {
    unit,
    seed,
    shareOf,
    bins,
    near,
    apart,
    samples,
  }: Pick<Division, "unit" | "seed"> & {
    readonly shareOf: Readonly<Record<DrawnPart, number>>;
    readonly bins: number;
    readonly near: number;
    readonly apart: number;
    readonly samples: number;
  },
): readonly Message[] {
  const percent = (share: number): number => Math.round(100 * share);
  const kind = sampleKinds[unit];
  const stratified = bins > 1 && { stratified: kind.stratified ?? "class" };
  const together = kind.together ?? (near > 0 ? "near copies" : undefined);
  const { validation, test } = shareOf;
  if (missing.includes("test"))
    return [
      message("split-shares", {
        shares: [1 - validation - test, validation, test].map(percent).join(" / "),
        ...stratified,
        ...(together && { together, ...(apart > 0 && { apart }) }),
        ...(kind.unit && { count: samples, unit: kind.unit }),
        seed,
      }),
      ...(onlyTrain ? [message("only-train-given")] : []),
    ];
  if (missing.length === 0) return [message("splits-given")];
  const taken = message("validation-taken", { percent: percent(validation), ...stratified, seed });
  return [message(moved ? "validation-becomes-test" : "test-given"), taken];
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
