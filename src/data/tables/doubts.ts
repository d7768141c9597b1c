import { firstOf } from "../../core/messages/counted.js";
import { message, warningText } from "../../core/messages/message.js";
import { type Column, currencyOf, isMissing, numberOf } from "../column.js";
import { textOf } from "../lists/columns.js";
import type { ListFile } from "../lists/read-list.js";
import type { Warning } from "../split/found.js";

/** Returns warnings about numbers of a column, an input or a target, that may mean something else. */
export const doubtsOfNumbers = (column: string, cells: readonly string[]): Warning[] => [
  ...mixedPercents(column, cells),
  ...mixedCurrencies(column, cells),
  ...codesAmong(column, cells),
];

/** Returns a warning about values of a column of numbers that are none. */
export function strayValues({ name: column, counts: { numbers, others, present } }: Column): Warning[] {
  if (present === numbers) return [];
  const found = { values: present - numbers, column, ...firstOf(others) };
  return [warningText("no_numbers", message("values-not-numbers", found))];
}

/** Returns a warning if some values have a sign of percent and others have none: 0.5 and 50 % may be meant as equal. */
function mixedPercents(column: string, cells: readonly string[]): Warning[] {
  const marked = cells.filter((cell) => cell.endsWith("%"));
  if (marked.length === 0 || cells.every((cell) => isMissing(cell) || cell.endsWith("%"))) return [];
  const found = { values: marked.length, column, ...firstOf(marked) };
  return [warningText("mixed_percents", message("percent-mixed", found))];
}

/** Returns a warning about amounts in several currencies. */
function mixedCurrencies(column: string, cells: readonly string[]): Warning[] {
  const marks = new Set(cells.flatMap((cell) => currencyOf(cell) ?? []));
  if (marks.size < 2) return [];
  return [warningText("mixed_currencies", message("currencies-mixed", { column, marks: [...marks].sort() }))];
}

/** Numbers that surveys and instruments write where there is no value: -999, 99, 98, 888. */
const code = /^(-9+|-?(9+[789]|([78])\3+)|-32768)(\.0+|\.9+)?$/;
/** First characters of a code. */
const codeBegin = new Set(["-", "7", "8", "9"]);
/** Fewest times that a code is written. */
const fewestCodes = 2;
/** Fewest other values that show how far numbers lie apart. */
const fewestOthers = 10;

/** Returns a warning about numbers such as -999 and 99 that lie far from all others of their column. */
function codesAmong(column: string, cells: readonly string[]): Warning[] {
  const times = new Map<string, number>();
  for (const cell of cells)
    if (codeBegin.has(cell[0]!) && code.test(cell)) times.set(cell, (times.get(cell) ?? 0) + 1);
  if (![...times.values()].some((n) => n >= fewestCodes)) return [];
  const others = cells.flatMap((cell) =>
    times.has(cell) || isMissing(cell) ? [] : [numberOf(cell) ?? Number.NaN],
  );
  const [least, largest] = rangeOf(others);
  const isFar = (value: number): boolean =>
    (value < 0 && least >= 0) || Math.max(least - value, value - largest) >= 2 * (largest - least);
  const found = [...times].filter(([text, n]) => n >= fewestCodes && isFar(Number(text)));
  const rows = found.reduce((sum, [, n]) => sum + n, 0);
  if (rows === 0 || others.length < fewestOthers || !(least < largest)) return [];
  const near = [...times.keys()].filter((text) => !found.some(([one]) => one === text)).map(Number);
  const [from, to] = rangeOf([least, largest, ...near]);
  const said = { column, rows, least: from, largest: to, ...firstOf(found.map(([text]) => text)) };
  return [warningText("codes_among_numbers", message("codes-among-numbers", said))];
}

function rangeOf(values: readonly number[]): readonly [least: number, largest: number] {
  let [least, largest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    if (value < least) least = value;
    if (value > largest) largest = value;
  }
  return [least, largest];
}

/** A number with a unit, without a space or with one: "12 kg", "1,050.5km", "36 months". */
const withUnit = /^[+-]?\d[\d.,]*(\s?(?!st$|nd$|rd$|th$)[a-zµμ°Ω²³/]{2,10}|\s[a-z])$/iu;
/** Smallest share of such values in a column of numbers with units. */
const mostUnits = 0.9;

/** Returns an example of the numbers of a column that have units; undefined for other columns. */
export function unitExample(cells: readonly string[]): string | undefined {
  const present = cells.filter((cell) => !isMissing(cell));
  const units = new Set<string>();
  const found = present.filter((cell) => {
    const unit = cell.length <= 40 ? withUnit.exec(cell)?.[1] : undefined;
    if (unit !== undefined) units.add(unit);
    return unit !== undefined;
  });
  // Ids such as 12a and 7b have many.
  if (found.length < mostUnits * present.length || units.size > 4 || new Set(found).size < 4)
    return undefined;
  return found[0];
}

/** Returns a warning about a column of numbers with units, which is no column of numbers then. */
export function numbersWithUnits(column: string, cells: readonly string[]): Warning[] {
  const value = unitExample(cells);
  return value === undefined
    ? []
    : [warningText("numbers_with_units", message("numbers-with-units", { column, value }))];
}

/** What spreadsheets write where a row sums up others, alone or behind a name: "Total", "North Total". */
const totalWord =
  /(^|\s)(grand total|sub-?totals?|totals?|sum|gesamt(summe)?|summe|total g[eé]n[eé]ral|合计|总计|小计|总和):?$/i;
const averageWord = /^(averages?|mean|平均值?):?$/i;
/** Rows at the end of a table that may sum up the others. */
const mostSums = 10;
/** Most rows whose sums are tried. */
const mostTried = 5;
/** Most characters of a cell that says so. */
const mostSaid = 60;
/** Most different cells whose meaning is kept, for columns of few. */
const mostKnown = 10_000;
/** Largest difference of a sum from what it sums up, as a share. */
const rounding = 0.005;
/** Fewest rows that are summed up. */
const fewestSummed = 3;

/**
 * Returns a warning if a row says that it sums up others, and its numbers show it; or if one of the last rows says so, no row before does, and
 * its numbers may.
 */
export function rowsOfSums(list: ListFile, idOf: (row: ListFile["rows"][number]) => string): Warning[] {
  const known = new Map<unknown, boolean>();
  const says = (cell: unknown): cell is string => {
    if (typeof cell !== "string" || cell.length > mostSaid || /^[\d.,-]/.test(cell)) return false;
    const earlier = known.get(cell);
    if (earlier !== undefined) return earlier;
    const found = totalWord.test(cell.trim()) || averageWord.test(cell.trim());
    if (known.size < mostKnown) known.set(cell, found);
    return found;
  };
  const saying = list.rows.flatMap((row, at) => {
    const column = list.columns.find((name) => says(row.values[name]));
    return column === undefined ? [] : [{ row: idOf(row), text: textOf(row, column, list), at }];
  });
  if (saying.length === 0) return [];
  const numbers = list.columns
    .map((name) => list.rows.map((row) => numberOf(textOf(row, name, list))))
    .filter((column) => column.some((value) => value !== undefined));
  const shown = saying
    .slice(0, mostTried)
    .find(({ text, at }) => totalWord.test(text) && numbers.some((column) => isSum(column, at)));
  const [first] = saying;
  const isLast = first!.at >= list.rows.length - mostSums;
  const mayBe = averageWord.test(first!.text) || numbers.some((column) => isLargest(column, first!.at));
  const found = shown ?? (isLast && mayBe ? first : undefined);
  if (found === undefined) return [];
  return [warningText("row_of_sums", message("row-of-sums", { row: found.row, text: found.text }))];
}

/** True if a number is the sum of those above it, which are not all 0; of the first row, of those below it. */
function isSum(column: readonly (number | undefined)[], at: number): boolean {
  const others = at === 0 ? column.slice(1) : column.slice(0, at);
  const sum = others.reduce<number>((a, b) => a + (b ?? 0), 0);
  const value = column[at];
  if (others.length < fewestSummed || value === undefined || sum === 0) return false;
  return Math.abs(value - sum) <= rounding * Math.abs(sum);
}

/** True if no other number of the column is as large. */
const isLargest = (column: readonly (number | undefined)[], at: number): boolean =>
  column[at] !== undefined &&
  column.every((value, i) => i === at || value === undefined || value < column[at]!);
