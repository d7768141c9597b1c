import { EngraftError } from "../../core/errors.js";
import type { Part } from "../../core/events/events.js";
import { type Message, message, warningText } from "../../core/messages/message.js";
import { planSplits } from "./assign-parts.js";
import { count, type Warning } from "./found.js";
import { joined } from "./groups.js";
import { checkGroups, type EmptyParts, haveGroups, keepForTraining } from "./named-groups.js";
import { splitOff, withReachedShares } from "./split.js";

/** An item to assign to a split. */
export interface RowToAssign {
  readonly id: string;
  readonly sha256: string;
  /** Stratum of the split: index of the class, or of the bin of numbers. */
  readonly bin: number;
  readonly given: Part | undefined;
  /** Name of the group; absent for an item without one. */
  readonly group?: string | undefined;
}

export interface AssignedRows {
  readonly parts: readonly Part[];
  /** Where the splits come from. */
  readonly origin: readonly Message[];
  readonly exact: number;
  readonly near: number;
  /** Number of items with a copy in another given split. */
  readonly acrossParts: number;
}

/**
 * Assigns items with classes or numbers to splits: as given, or bin by bin, with copies in one split.
 * @param groups the lowest position of each item's group of copies
 * @throws DataError if a split is empty
 */
export function assignRows(
  rows: readonly RowToAssign[],
  bins: number,
  groups: { readonly exact: ArrayLike<number>; readonly near: ArrayLike<number> },
  options: {
    readonly seed: number;
    readonly validationFraction: number;
    readonly testFraction: number;
  } & EmptyParts,
  what: "row" | "picture" | "clip",
  warnings: Warning[],
  root: string,
): AssignedRows {
  const { given, origin, shares } = planSplits(rows, options, root, what);
  const parts: Part[] = given.map((part) => part ?? "train");
  const names = rows.map(({ group }) => group);
  const grouped = haveGroups(names);
  // Named groups are never divided; groups of near copies may be, as a last resort.
  const together = grouped
    ? {
        exact: joined(Int32Array.from(groups.exact), names),
        near: joined(Int32Array.from(groups.near), names),
      }
    : groups;
  const pool = rows.map((_, i) => i).filter((i) => isDivided(given[i]));
  if (shares.length > 0) {
    const split = splitOff(
      pool.map((i) => ({ sha256: rows[i]!.sha256, label: rows[i]!.bin })),
      bins,
      shares,
      {
        exact: pool.map((i) => together.exact[i]!),
        near: pool.map((i) => together.near[i]!),
        areNamed: grouped,
      },
      options.seed,
    );
    for (const [k, i] of pool.entries()) parts[i] = split.parts[k]!;
  }
  const labelled = rows.map(({ bin, group, given: part }) => ({ label: bin, group, given: part }));
  const { emptyParts } = keepForTraining(labelled, parts, options, warnings);
  const exact = rows.filter((_, i) => groups.exact[i] !== i).length;
  const near = rows.filter((_, i) => groups.near[i] !== i).length - exact;
  // A bit for each split that has an item of the group.
  const splitsOf = new Uint8Array(rows.length);
  for (const [i, part] of parts.entries()) splitsOf[groups.near[i]!]! |= bitOf[part];
  const beside = parts.flatMap((part, i) => {
    const others = splitsOf[groups.near[i]!]! & ~bitOf.train;
    return part === "train" && others > 0 ? [others] : [];
  });
  const across = beside.length;
  const test = beside.filter((others) => (others & bitOf.test) > 0).length;
  if (across > 0)
    warnings.push(
      warningText(
        "copies_across_parts",
        message("copies-across-splits", { samples: across, unit: what, test }),
      ),
    );
  warnings.push(...checkGroups(names, parts, what, root, { emptyParts }));
  for (const part of ["train", "validation", "test"] as const)
    if (!emptyParts && !parts.includes(part))
      throw new EngraftError("DataError", `nothing is left for the ${part} part of ${JSON.stringify(root)}`, {
        at: count(rows.length, what),
        help: `add ${what}s, or give the split yourself (a column "split" with train, val and test)`,
        code: "too-few-samples",
        details: { samples: rows.length },
      });
  const reached = withReachedShares(origin, parts, grouped);
  return {
    parts,
    origin: grouped && shares.length > 0 ? [...reached, message("groups-together")] : reached,
    exact,
    near,
    acrossParts: across,
  };
}

const bitOf = { train: 1, validation: 2, test: 4 } as const satisfies Readonly<Record<Part, number>>;

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
