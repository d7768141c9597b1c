import type { Part } from "../core/events/events.js";
import type { Platform } from "../platform/platform.js";
import type { OpenOptions, Skipped } from "./dataset.js";
import { fingerprintsOf } from "./fingerprints.js";
import type { SampleUnit } from "./split/copies.js";
import { type Copies, divide, type Undivided } from "./split/divide.js";
import type { Warning } from "./split/found.js";
import { splitOrigin } from "./split/split-origin.js";

/** The facts by which samples are divided, and what is kept of them. */
interface Division<Row extends Undivided, Fields> {
  readonly unit: SampleUnit;
  /** The stratum of each sample. */
  readonly strata: { readonly bin: ArrayLike<number>; readonly bins: number };
  /** The lowest position of each sample's group of copies. */
  readonly copies: Copies;
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
 * @param warnings,skipped receive new entries
 * @returns the positions of the rows that are kept, and what is known of them
 * @throws DataError if a split is empty
 */
export async function divideSamples<Row extends Undivided, Fields extends { readonly sha256: string }>(
  platform: Pick<Platform, "sha256">,
  root: string,
  rows: readonly Row[],
  { unit, strata, copies, keyOf, fieldsOf, lineOf, header, order }: Division<Row, Fields>,
  { seed = 0, validationFraction, testFraction, emptyParts, unscored }: OpenOptions,
  warnings: Warning[],
  skipped: Skipped[],
) {
  const { kept, parts, copyOf, origin, exact, near, acrossParts, leaks } = divide(
    rows.map((row, i) => ({ ...row, sha256: keyOf?.(row, i) ?? row.sha256 })),
    strata,
    copies,
    { seed, validationFraction, testFraction, emptyParts, unscored, unit, root },
    skipped,
    warnings,
  );
  const items = kept.map((i, k) => ({
    id: rows[i]!.id,
    ...fieldsOf(rows[i]!, i),
    part: parts[k]! as Part,
    ...(rows[i]!.group !== undefined && { group: rows[i]!.group }),
    ...(copyOf[k] !== undefined && { copyOf: copyOf[k] }),
  }));
  const lines = items.map((item, i) => JSON.stringify(lineOf(item, rows[kept[i]!]!)));
  if (order) lines.sort(order);
  return {
    root,
    items,
    kept,
    leaks,
    seed,
    ...splitOrigin(origin),
    duplicates: { exact, near, acrossParts },
    ...(await fingerprintsOf(platform, header === undefined ? lines : [header, ...lines], items)),
  };
}
