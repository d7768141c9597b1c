import { EngraftError } from "../../core/errors.js";
import { firstOf } from "../../core/messages/counted.js";
import { type Message, message, warningText } from "../../core/messages/message.js";
import { leftOut, type NamedReason } from "../../core/results/task.js";
import { splitColumnOf, textOf } from "../lists/columns.js";
import { listError } from "../lists/list-bytes.js";
import { otherSeparator } from "../lists/other-separator.js";
import type { ListFile } from "../lists/read-list.js";
import { quoted, type Warning } from "../split/found.js";
import { sourcesOf } from "./dates.js";
import { type ColumnSummary, currencyOf, isMissing, numberOf, summarizeColumn } from "./numbers.js";

/** An input column. */
export interface TableColumn {
  readonly name: string;
  readonly kind: "number" | "category";
}

/** Largest share of non-numeric values in a column of numbers. They count as missing. */
const maxNonNumericShare = 0.05;
/** Largest share of values such as "inf" and "-" in a column of numbers. They count as missing, too. */
const maxWithoutShare = 0.5;
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
interface ColumnOptions {
  readonly ignore?: readonly string[];
  readonly categories?: readonly string[];
  readonly groupFrom?: string;
  /** Kinds of the columns that are derived of dates. */
  readonly dates?: ReadonlyMap<string, TableColumn["kind"]>;
}

/** What a column is: an input of a kind, or none for a reason. */
type Judged = TableColumn["kind"] | Message;

/** Chooses the input columns and their kinds, and returns the unused columns with the reason. @throws DataError without an input column */
export function chooseColumns(
  list: ListFile,
  targets: readonly string[],
  requested: ColumnOptions,
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
  if (columns.length === 0) throw nothingToLearnFrom(list, targets, unused);
  const reported = unused.filter((one) => one.message?.code !== "column-ignored");
  if (reported.length > 0)
    warnings.push({ code: "columns_left_out", message: `left out: ${withReasons(reported)}` });
  return { columns, unused };
}

const withReasons = (unused: readonly NamedReason[]): string =>
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
  { ignore, categories, groupFrom, dates }: ColumnOptions,
  warnings: Warning[],
): Judged {
  if (name === groupFrom) return message("column-is-group");
  if (ignore?.includes(name)) return message("column-ignored");
  const cells = list.rows.map((row) => textOf(row, name, list));
  const summary = summarizeColumn(cells);
  const present = cells.length - summary.missing;
  if (present === 0) return message("column-empty");
  // Dates without a time of day have the hour 0.
  if (summary.constant && (summary.missing === 0 || dates?.has(name))) return message("column-constant");
  const known = categories?.includes(name) ? "category" : dates?.get(name);
  if (known !== undefined) return known;
  if (isId(name, cells, list.rows)) return message("column-counts-rows");
  if (holdsNumbers(summary, present)) {
    const value = summary.largest!;
    if (Math.abs(numberOf(value)!) > largestNumber) return message("column-too-large", { value });
    warnings.push(
      ...mixedPercents(name, cells, present),
      ...mixedCurrencies(name, cells),
      ...strayValues(name, summary, present),
    );
    return "number";
  }
  if (present < 20 || summary.distinct <= maxDistinctShare * present) return "category";
  return areTexts(cells)
    ? message("column-is-text", { words: Math.round(wordsOf(cells)) })
    : message("column-is-name", { distinct: summary.distinct, rows: present });
}

/** Returns a warning about values of a column of numbers that are none. */
function strayValues(column: string, { numbers, others }: ColumnSummary, present: number): Warning[] {
  if (present === numbers) return [];
  const found = { values: present - numbers, column, ...firstOf(others) };
  return [warningText("no_numbers", message("values-not-numbers", found))];
}

/** What spreadsheets write where a row sums up others. */
const sumWord = /^(grand total|sub-?total|totals?|sum|averages?|mean|合计|总计|小计|总和|平均值?):?$/i;
/** Rows at the end of a table that may sum up the others. */
const mostSums = 10;

/** Returns a warning if one of the last rows says that it sums up others, and no row before does. */
export function rowsOfSums(list: ListFile, idOf: (row: ListFile["rows"][number]) => string): Warning[] {
  const sumsOf = (rows: ListFile["rows"]) =>
    rows.flatMap((row) => {
      const text = list.columns.map((name) => textOf(row, name, list)).find((cell) => sumWord.test(cell));
      return text === undefined ? [] : [{ row: idOf(row), text }];
    });
  const [found] = sumsOf(list.rows.slice(-mostSums));
  if (found === undefined || sumsOf(list.rows.slice(0, -mostSums)).length > 0) return [];
  return [warningText("row_of_sums", message("row-of-sums", found))];
}

/** True for a column of numbers with a few other values. */
function holdsNumbers({ numbers, without }: ColumnSummary, present: number): boolean {
  const rest = present - numbers;
  return numbers > 0 && rest - without <= maxNonNumericShare * present && rest <= maxWithoutShare * present;
}

/** Fewest words of a text, in the mean. A name of a person has four: "Braund, Mr. Owen Harris". */
const fewestWords = 6;
const wordsOf = (cells: readonly string[]): number =>
  cells.reduce((sum, cell) => sum + cell.split(/\s+/).length, 0) / cells.length;
const areTexts = (cells: readonly string[]): boolean => wordsOf(cells) >= fewestWords;

/** Returns a warning if some values have a sign of percent and others have none: 0.5 and 50 % may be meant as equal. */
function mixedPercents(column: string, cells: readonly string[], present: number): Warning[] {
  const marked = cells.filter((cell) => cell.endsWith("%"));
  if (marked.length === 0 || marked.length === present) return [];
  const found = { values: marked.length, column, ...firstOf(marked) };
  return [warningText("mixed_percents", message("percent-mixed", found))];
}

/** Returns a warning about amounts in several currencies. */
function mixedCurrencies(column: string, cells: readonly string[]): Warning[] {
  const marks = new Set(cells.flatMap((cell) => currencyOf(cell) ?? []));
  if (marks.size < 2) return [];
  return [warningText("mixed_currencies", message("currencies-mixed", { column, marks: [...marks].sort() }))];
}

/**
 * True for whole numbers under a name such as "id", all different in each file. A file that is sorted by class would give its answers
 * away. Under another name, such as "day" or "dose", such numbers may be what matters.
 */
const isId = (name: string, cells: readonly string[], rows: ListFile["rows"]): boolean =>
  (idName.test(name.trim()) || camelId.test(name.trim())) &&
  cells.every(isWhole) &&
  new Set(cells.map((cell, i) => `${rows[i]!.file ?? ""} ${cell}`)).size === cells.length;
const isWhole = (cell: string): boolean => /^-?\d+(\.0)?$/.test(cell);

/** Names of columns of whom or what several rows are about. */
const groupName =
  /^(patient|subject|person|participant|user|customer|client|speaker|session|household|driver|animal)([ _-]?(id|no|nr|number))?$/i;
/** Words of these names that may be categories as well: "client" may be a browser, "subject" a lesson. Their values must have a digit. */
const ambiguousName = /^(subject|customer|client|session|driver|animal|household|user)$/i;
/** Fewest groups that can be divided between the splits. */
export const fewestGroups = 10;

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
  const named = new Set([...targets, ...ignore, ...categories]);
  const column = list.columns.find((name) => groupName.test(name) && !named.has(name));
  if (column === undefined) return undefined;
  const values = new Set(
    list.rows.map((row) => textOf(row, column, list)).filter((cell) => !isMissing(cell)),
  );
  const groups = values.size;
  if (groups < fewestGroups || 2 * groups > list.rows.length) return undefined;
  if (ambiguousName.test(column) && ![...values].every((value) => /\d/.test(value))) return undefined;
  warnings.push(warningText("groups_by_name", message("column-gives-groups", { column, groups })));
  return column;
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

/** A row of a table: its inputs as text, its class, and its numbers. */
interface Told {
  readonly cells: readonly string[];
  readonly label: number;
  readonly values: readonly number[];
}

/** Fewest training rows that show that a column tells the target. */
const fewestRows = 40;
/** Share of rows whose class one column tells. */
const nearlyAll = 0.995;
/** Share of the variance of a number: only a copy, or a number in another unit, tells so much. */
const allVariance = 0.99995;
/** Fewest rows for each different value: a column of nearly different values tells everything of its own rows. */
const rowsPerValue = 4;

/**
 * Returns a warning for each column that alone tells the target of nearly all training rows: a copy of it, or something that is known
 * only afterwards. A model of it scores well and is of no use.
 */
export function tellingColumns({
  columns,
  classes,
  targets,
  train,
}: {
  readonly columns: readonly { readonly name: string }[];
  /** Empty for a number. */
  readonly classes: readonly string[];
  readonly targets: readonly string[];
  readonly train: readonly Told[];
}): Warning[] {
  const [target, ...more] = targets;
  if (train.length < fewestRows || more.length > 0) return [];
  return columns.flatMap(({ name }, i) => {
    const told = classes.length > 0 ? shareOfClasses(train, i, classes.length) : shareOfVariance(train, i);
    if (told < (classes.length > 0 ? nearlyAll : allVariance)) return [];
    const share = Math.floor(1000 * told) / 10;
    const [column] = sourcesOf(name);
    return [
      warningText(
        "telling_column",
        message("column-tells-target", { column: column!, target: target!, share }),
      ),
    ];
  });
}

/** Share of rows with the most frequent class of their value; of numbers, of their place in order. 0 if the column may tell it by chance. */
function shareOfClasses(rows: readonly Told[], column: number, classes: number): number {
  const largest = Math.max(...countsOf(rows.map(({ label }) => label)).values());
  if (largest / rows.length > nearlyAll) return 0;
  const byValue = new Map<string, number[]>();
  for (const { cells, label } of rows) {
    const value = cells[column]!;
    const labels = byValue.get(value);
    if (labels) labels.push(label);
    else byValue.set(value, [label]);
  }
  if (byValue.size * rowsPerValue <= rows.length) {
    const right = [...byValue.values()].reduce(
      (sum, labels) => sum + Math.max(...countsOf(labels).values()),
      0,
    );
    return right / rows.length;
  }
  // Thresholds between the classes: each further change of the class along the sorted values is a wrong row, at best.
  const numbered = rows.flatMap(({ cells, label }) => {
    const value = isMissing(cells[column]!) ? undefined : numberOf(cells[column]!);
    return value === undefined ? [] : [{ value, label }];
  });
  if (numbered.length < rows.length) return 0;
  numbered.sort((a, b) => a.value - b.value);
  const changes = numbered.filter(({ label }, i) => i > 0 && label !== numbered[i - 1]!.label).length;
  return 1 - Math.max(0, changes - (classes - 1)) / rows.length;
}

const countsOf = (labels: readonly number[]): Map<number, number> => {
  const counts = new Map<number, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  return counts;
};

/** r², the share of the target's variance that a line of the column explains. 0 for a column with a missing value. */
function shareOfVariance(rows: readonly Told[], column: number): number {
  const x = rows.map(({ cells }) =>
    isMissing(cells[column]!) ? Number.NaN : (numberOf(cells[column]!) ?? Number.NaN),
  );
  const y = rows.map(({ values }) => values[0]!);
  const mean = (list: readonly number[]) => list.reduce((a, b) => a + b, 0) / list.length;
  const [mx, my] = [mean(x), mean(y)];
  let [xx, yy, xy] = [0, 0, 0];
  for (const [i, value] of x.entries()) {
    const [a, b] = [value - mx, y[i]! - my];
    xx += a * a;
    yy += b * b;
    xy += a * b;
  }
  const share = (xy * xy) / (xx * yy);
  return Number.isFinite(share) ? share : 0;
}
