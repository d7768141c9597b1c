import type { Part } from "../core/events/events.js";
import type { Platform } from "../platform/platform.js";
import type { OpenOptions } from "./dataset.js";
import { fingerprintsOf } from "./fingerprints.js";
import { assignRows } from "./split/assign-rows.js";
import type { Warning } from "./split/found.js";
import { splitOrigin } from "./split/split-origin.js";

/** A sample before the split. */
export interface Undivided {
  readonly id: string;
  readonly sha256: string;
  readonly given: Part | undefined;
  readonly group?: string | undefined;
}

/** The facts by which samples are divided, and what is kept of them. */
interface Division<Row extends Undivided, Fields> {
  readonly unit: "row" | "picture" | "clip";
  /** The stratum of each sample. */
  readonly strata: { readonly bin: ArrayLike<number>; readonly bins: number };
  /** The lowest position of each sample's group of copies. */
  readonly copies: { readonly exact: ArrayLike<number>; readonly near: ArrayLike<number> };
  /** What decides whether two samples are the same beside the hash of their content. Default: nothing. */
  keyOf?(row: Row, i: number): string;
  /** Returns what is kept of a sample beside its id, split and group. */
  fieldsOf(row: Row, i: number): Fields;
  /** Returns what the fingerprint of the data holds of a sample. */
  lineOf(item: Fields & { readonly id: string; readonly part: Part }, row: Row): readonly unknown[];
  /** First line of the fingerprint. */
  readonly header?: string;
  /** Order of the lines. Default: that of the samples. */
  readonly order?: (a: string, b: string) => number;
}

/**
 * Divides samples into splits, with copies and groups on one side, and identifies them.
 * @param warnings receives what the division shows
 * @throws DataError if a split is empty
 */
export async function divideSamples<Row extends Undivided, Fields extends { readonly sha256: string }>(
  platform: Pick<Platform, "sha256">,
  root: string,
  rows: readonly Row[],
  { unit, strata, copies, keyOf, fieldsOf, lineOf, header, order }: Division<Row, Fields>,
  { seed = 0, validationFraction = 0.15, testFraction = 0.15, emptyParts, unscored }: OpenOptions,
  warnings: Warning[],
) {
  const { parts, origin, exact, near, acrossParts } = assignRows(
    rows.map((row, i) => ({
      id: row.id,
      sha256: keyOf?.(row, i) ?? row.sha256,
      given: row.given,
      group: row.group,
      bin: strata.bin[i]!,
    })),
    strata.bins,
    copies,
    { seed, validationFraction, testFraction, emptyParts, unscored },
    unit,
    warnings,
    root,
  );
  const items = rows.map((row, i) => ({
    id: row.id,
    ...fieldsOf(row, i),
    part: parts[i]! as Part,
    ...(row.group !== undefined && { group: row.group }),
  }));
  const lines = items.map((item, i) => JSON.stringify(lineOf(item, rows[i]!)));
  if (order) lines.sort(order);
  return {
    root,
    items,
    seed,
    ...splitOrigin(origin),
    duplicates: { exact, near, acrossParts },
    ...(await fingerprintsOf(platform, header === undefined ? lines : [header, ...lines], items)),
  };
}
