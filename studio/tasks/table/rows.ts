import { Column, isMissing } from "../../../src/data/column.js";
import type { Table } from "../../../src/data/lists/csv.js";
import { useStudio } from "../../engine/studio.js";
import { useLoaded } from "../controls.js";
import { cellText, listTypes, readListFile } from "../read-list.js";

/** Tables that the library reads. */
export const tableTypes = `${listTypes},.parquet`;

/** Rows from which missing values, ranges and categories are known. */
const mostRows = 10_000;
/** Most categories of a select. */
const mostChoices = 100;

/** A column as its control shows it. */
export interface ColumnRange {
  readonly missing: number;
  /** Smallest and largest number. Missing: a column with other values. */
  readonly numbers?: { readonly least: number; readonly most: number; readonly whole: boolean };
  /** Different values, the most frequent first. Missing: numbers, or too many of them. */
  readonly choices?: readonly string[];
}

let last: { readonly hash: string; readonly table: Promise<Table> } | undefined;

/** Returns the first rows of the project's table; undefined while they are read, and for a table in another form than text. */
export function useRows(): Table | undefined {
  const { store } = useStudio();
  const file = store.project.value!.files.find(({ path }) => /\.(csv|tsv|jsonl?|ndjson)$/i.test(path));
  const read = (): Promise<Table | undefined> | undefined => {
    if (!file) return undefined;
    const { hash, path } = file;
    if (last?.hash !== hash)
      last = { hash, table: store.content(hash).then((blob) => readListFile(blob, path, mostRows)) };
    // The inspection of the library says what is wrong with a table.
    return last.table.catch(() => undefined);
  };
  return useLoaded(read, [file?.hash]) ?? undefined;
}

/** Returns missing values, and the range or the categories of a column. */
export function rangeOf({ rows }: Table, name: string): ColumnRange {
  const { areNumbers, cells, counts, values } = new Column(
    name,
    rows.map((row) => cellText(row.values[name])),
  );
  const { missing, whole } = counts;
  if (areNumbers && !counts.constant) {
    let [least, most] = [Infinity, -Infinity];
    for (const value of values)
      if (value !== undefined) [least, most] = [Math.min(least, value), Math.max(most, value)];
    if (least < most) return { missing, numbers: { least, most, whole } };
  }
  const times = new Map<string, number>();
  for (const cell of cells) if (!isMissing(cell)) times.set(cell, (times.get(cell) ?? 0) + 1);
  if (times.size > mostChoices) return { missing };
  return { missing, choices: [...times].sort(([, a], [, b]) => b - a).map(([value]) => value) };
}
