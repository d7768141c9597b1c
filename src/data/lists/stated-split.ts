import type { Part } from "../../core/events/events.js";
import { partNames, partWithin } from "../split/found.js";
import { columnOf, type Row, splitColumnOf } from "./columns.js";

/** Number of rows that decide. */
export const decidingRows = 2000;

/** A split that a list states in other columns than "split". */
export interface StatedSplit {
  readonly columns: readonly string[];
  /** Returns the split of a row, or the value that names none. */
  splitOf(values: Row["values"]): string;
}

/** Names of columns whose values may be splits: FER2013's "Usage", "dataset", "set_type". */
const splitName =
  /^(.*[ _-])?(set|subset|split|usage|phase|fold|ds|partition|sample)([ _-]?(type|name))?$|^data_?set$/i;
/** Columns of true and false, as fastai writes them. */
const flagName = /^is[ _]?(train(?:ing)?|valid(?:ation)?|val|test(?:ing)?)$/i;
const isTrue = /^(true|1|1\.0|yes|y|t)$/i;
const isFalse = /^(false|0|0\.0|no|n|f)$/i;

const textIn = (values: Row["values"], column: string): string => String(values[column] ?? "").trim();
const partOf = (text: string): Part | undefined => partNames.get(text.toLowerCase()) ?? partWithin(text);

/** True if most samples are to be learnt from. Other values only look like splits. */
function areSplits(parts: readonly (string | undefined)[]): boolean {
  const counts = new Map<string | undefined, number>();
  for (const part of parts) counts.set(part, (counts.get(part) ?? 0) + 1);
  const train = counts.get("train") ?? 0;
  return counts.size > 1 && !counts.has(undefined) && [...counts.values()].every((n) => n <= train);
}

/**
 * Returns the split that a list states under other names: in a column whose values are all names of splits, or in columns such as "is_valid".
 * @param rows the first {@link decidingRows} rows
 * @param but columns that are used for something else
 */
export function statedSplitOf(
  columns: readonly string[],
  rows: readonly Row[],
  but: readonly string[],
): StatedSplit | undefined {
  if (splitColumnOf({ columns }) !== undefined) return undefined;
  const named = columns.find(
    (column) =>
      splitName.test(column) &&
      !but.includes(column) &&
      areSplits(rows.map(({ values }) => partOf(textIn(values, column)))),
  );
  if (named !== undefined) {
    const splitOf = (values: Row["values"]): string => partOf(textIn(values, named)) ?? textIn(values, named);
    return { columns: [named], splitOf };
  }
  return statedByFlags(columns, rows, but);
}

function statedByFlags(
  columns: readonly string[],
  rows: readonly Row[],
  but: readonly string[],
): StatedSplit | undefined {
  const isLearnt = (column: string): boolean =>
    but.includes(column) ||
    // The last column of a table is learnt, and a mark may be valid.
    (/val/i.test(column) && column === columns.at(-1) && columnOf("label", columns) === undefined);
  const flags = columns.filter(
    (column) =>
      flagName.test(column) &&
      !isLearnt(column) &&
      rows.every(({ values }) => [isTrue, isFalse].some((one) => one.test(textIn(values, column)))),
  );
  const wordOf = (column: string): Part => partNames.get(flagName.exec(column)![1]!.toLowerCase())!;
  const words = flags.map(wordOf);
  const splitOf = (values: Row["values"]): string => {
    const other = flags.find((column) => ![isTrue, isFalse].some((one) => one.test(textIn(values, column))));
    if (other !== undefined) return textIn(values, other);
    const set = words.filter((_, i) => isTrue.test(textIn(values, flags[i]!)));
    if (set.length > 1) return set.join(" and ");
    const rest = (["test", "validation"] as const).find((part) => !words.includes(part));
    return set[0] ?? (words.includes("train") ? (rest ?? "none") : "train");
  };
  const parts = rows.map(({ values }) => partNames.get(splitOf(values)));
  return flags.length > 0 && areSplits(parts) ? { columns: flags, splitOf } : undefined;
}
