import { EngraftError } from "../../core/errors.js";
import { type Message, message, warningText } from "../../core/messages/message.js";
import { leftOut, type NamedReason } from "../../core/results/task.js";
import { isMissing, numberOf, wholeOf } from "../column.js";
import { readColumn, splitColumnOf } from "../lists/columns.js";
import { listError } from "../lists/list-bytes.js";
import { otherSeparator } from "../lists/other-separator.js";
import type { ListFile } from "../lists/read-list.js";
import { quoted, type Warning } from "../split/found.js";
import { chooseGroups, groupCellsOf, groupColumnsOf } from "../split/named-groups.js";
import { doubtsOfNumbers, numbersWithUnits, strayValues } from "./doubts.js";

/** An input column. */
export interface TableColumn {
  readonly name: string;
  readonly kind: "number" | "category" | "picture" | "text";
}

/**
 * Returns the values of a row as one text, which is the same for rows that a model cannot tell apart: "25.0" is 25, and "NA" is empty. Its sha256
 * identifies the row.
 */
export const valuesOfRow = (cells: readonly string[], columns: readonly TableColumn[]): string =>
  JSON.stringify(
    cells.map((cell, c) => {
      if (isMissing(cell)) return "";
      return columns[c]!.kind === "number" ? String(numberOf(cell) ?? "") : cell;
    }),
  );

/** Larger numbers are no float32 and no measurement: a spreadsheet made them of codes such as "18E292". */
const largestNumber = 1e38;
/** Names of columns that number rows. */
const idName =
  /^$|^#$|^unnamed: 0$|^(nr|lfd|seq|serial)\.?$|^row[ _]?(id|nr|no|num|number)?$|(^|[ _-])(id|idx|index)$/i;
const camelId = /[a-z]I[dD]$/;
/** Largest share of different values in a column of categories. A column with more holds names or ids. */
const maxDistinctShare = 0.5;
/** Largest number of values of a category with an embedding. Rarer values share one. */
export const maxCategories = 10_000;

/** What a user said of the columns of a table, and what was found before they are chosen. */
export interface ColumnOptions {
  readonly ignore?: readonly string[];
  readonly categories?: readonly string[];
  readonly groupFrom?: string;
  /** Kinds of the columns that are derived of dates. */
  readonly dates?: ReadonlyMap<string, "number" | "category">;
  /** Inputs of several kinds that a column of texts could join; none: there is a text already. Missing: columns alone are inputs. */
  readonly besideText?: readonly string[];
}

/** What a column is: an input of a kind, or none for a reason. */
type Judged = "number" | "category" | Message;

/**
 * Chooses the input columns and their kinds, and returns the unused columns with the reason.
 * @param requested.mayBeNone true: other inputs are enough
 * @throws DataError without an input column
 */
export function chooseColumns(
  list: ListFile,
  targets: readonly string[],
  requested: ColumnOptions & { readonly mayBeNone?: boolean },
  warnings: Warning[],
): { columns: TableColumn[]; unused: NamedReason[] } {
  const columns: TableColumn[] = [];
  const unused: NamedReason[] = [];
  const split = splitColumnOf(list);
  for (const name of list.columns) {
    if (targets.includes(name) || name === split) continue;
    const judged = judge(name, list, requested, warnings);
    if (typeof judged === "string") columns.push({ name, kind: judged });
    else if (!requested.dates?.has(name)) unused.push(leftOut(name, judged));
  }
  if (columns.length === 0 && !requested.mayBeNone) throw nothingToLearnFrom(list, targets, unused);
  const reported = unused.filter((one) => one.message?.code !== "column-ignored");
  if (reported.length > 0)
    warnings.push(warningText("columns_left_out", message("columns-left-out", { columns: reported })));
  return { columns, unused };
}

/** Returns names with why they are left out. */
export const withReasons = (unused: readonly NamedReason[]): string =>
  unused.map(({ name, why }) => `${JSON.stringify(name)} (${why})`).join(", ");

const nothingToLearnFrom = (list: ListFile, targets: readonly string[], unused: readonly NamedReason[]) =>
  listError(
    list.name,
    `has nothing to learn ${quoted(targets)} from`,
    undefined,
    unused.length > 0
      ? `columns left out: ${withReasons(unused)}; of texts the column is called "text" in the first line, or named: --text NAME`
      : (otherSeparator(list.columns) ?? "give at least one more column"),
  );

/** Says what a column is. @param warnings receives what a user should know of its values */
function judge(
  name: string,
  list: ListFile,
  { ignore, categories, groupFrom, dates, besideText }: ColumnOptions,
  warnings: Warning[],
): Judged {
  if (name === groupFrom) return message("column-is-group");
  if (ignore?.includes(name)) return message("column-ignored");
  const column = readColumn(list, name);
  const { cells } = column;
  const { present, missing, constant, largest } = column.counts;
  if (present === 0) return message("column-empty");
  // Dates without a time of day have the hour 0.
  if (constant && (missing === 0 || dates?.has(name))) return message("column-constant");
  const known = categories?.includes(name) ? "category" : dates?.get(name);
  if (known !== undefined) return known;
  if (isId(name, cells, list.rows)) return message("column-counts-rows");
  if (column.holdsNumbers) {
    if (Math.abs(numberOf(largest!)!) > largestNumber)
      return message("column-too-large", { value: largest! });
    warnings.push(...doubtsOfNumbers(name, cells), ...strayValues(column));
    return "number";
  }
  warnings.push(...numbersWithUnits(name, cells));
  if (present < 20 || column.distinct <= maxDistinctShare * present) return "category";
  return areTexts(cells)
    ? message("column-is-text", {
        words: Math.round(wordsOf(cells)),
        ...(besideText && { inputs: besideText.length === 0 ? "" : [...besideText, name].join(",") }),
      })
    : message("column-is-name", { distinct: column.distinct, rows: present });
}

/** Fewest words of a text, in the mean. A name of a person has four: "Braund, Mr. Owen Harris". */
const fewestWords = 6;
export const wordsOf = (cells: readonly string[]): number =>
  cells.reduce((sum, cell) => sum + cell.split(/\s+/).length, 0) / cells.length;
const areTexts = (cells: readonly string[]): boolean => wordsOf(cells) >= fewestWords;

/**
 * True for whole numbers under a name such as "id", all different in each file, that count or name the rows. A file that is sorted by class would
 * give its answers away. Under another name, such as "day" or "dose", such numbers may be what matters.
 */
function isId(name: string, cells: readonly string[], rows: ListFile["rows"]): boolean {
  if (
    !(idName.test(name.trim()) || camelId.test(name.trim())) ||
    cells.some((cell) => wholeOf(cell) === undefined)
  )
    return false;
  const ofFiles = new Map<string, number[]>();
  for (const [i, cell] of cells.entries()) {
    const file = rows[i]!.file ?? "";
    const numbers = ofFiles.get(file);
    if (numbers) numbers.push(Number(cell));
    else ofFiles.set(file, [Number(cell)]);
  }
  return [...ofFiles.values()].every(
    (numbers) => new Set(numbers).size === numbers.length && (nameRows(numbers) || countRows(numbers)),
  );
}

/** Least number that names a row, such as that of a customer. Smaller ones may be a measurement: a body-mass index. */
const leastName = 1000;
const nameRows = (numbers: readonly number[]): boolean => numbers.every((n) => n >= leastName);

/** True for numbers in rising order, and for those that fill at least half of their range. */
function countRows(numbers: readonly number[]): boolean {
  if (numbers.every((n, i) => i === 0 || n > numbers[i - 1]!)) return true;
  const [least, most] = [Math.min, Math.max].map((of) => numbers.reduce((a, b) => of(a, b))) as [
    number,
    number,
  ];
  return most - least < 2 * numbers.length;
}

/**
 * Returns the column of groups of a table, if one has a usual name and its values repeat. It says so, since the column is no input then.
 * A column that the user names as an input or as left out is none.
 */
export function usualGroupOf(
  list: ListFile,
  targets: readonly string[],
  {
    ignore = [],
    categories = [],
  }: { readonly ignore?: readonly string[]; readonly categories?: readonly string[] },
  warnings: Warning[],
): string | undefined {
  const place = groupColumnsOf(list.columns, undefined, {
    usual: [],
    but: [...targets, ...ignore, ...categories],
  });
  const split = splitColumnOf(list);
  const others = list.columns.filter(
    (name) => !targets.includes(name) && !ignore.includes(name) && name !== split,
  );
  // Without another column, nothing would remain to learn from.
  if (others.length < 2) return undefined;
  const cells = list.rows.map((row) => groupCellsOf(place, row, list));
  return chooseGroups(place, cells, "row", warnings).column;
}

/** Parses a list of columns, such as "a,b". @throws OptionError for empty or repeated names */
export function columnNames(option: string, text: string): string[] {
  const names = text.split(",").map((name) => name.trim());
  if (names.some((name) => name === "") || new Set(names).size < names.length)
    throw new EngraftError("OptionError", `${option} is ${JSON.stringify(text)}`, {
      help: "give names of columns with commas between, each once",
    });
  return names;
}
