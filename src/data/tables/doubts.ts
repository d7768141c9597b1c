import { firstOf } from "../../core/messages/counted.js";
import { message, warningText } from "../../core/messages/message.js";
import { textOf } from "../lists/columns.js";
import type { ListFile } from "../lists/read-list.js";
import type { Warning } from "../split/found.js";
import { type ColumnSummary, currencyOf, isMissing, numberOf } from "./numbers.js";

/** Returns warnings about numbers of a column, an input or a target, that may mean something else. */
export const doubtsOfNumbers = (column: string, cells: readonly string[]): Warning[] => [
  ...mixedPercents(column, cells),
  ...mixedCurrencies(column, cells),
  ...codesAmong(column, cells),
];

/** Returns a warning about values of a column of numbers that are none. */
export function strayValues(column: string, { numbers, others, present }: ColumnSummary): Warning[] {
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
const code = /^(-9+|-?(9+[789]|([78])\3+))(\.0+)?$/;
/** Fewest times that a code is written. */
const fewestCodes = 2;

/** Returns a warning about numbers such as -999 and 99 that lie far from all others of their column. */
function codesAmong(column: string, cells: readonly string[]): Warning[] {
  const times = new Map<string, number>();
  const others: number[] = [];
  for (const cell of cells) {
    if (code.test(cell)) times.set(cell, (times.get(cell) ?? 0) + 1);
    else if (!isMissing(cell)) others.push(numberOf(cell) ?? Number.NaN);
  }
  const [least, largest] = rangeOf(others);
  const isFar = (value: number): boolean =>
    (value < 0 && least >= 0) || Math.max(least - value, value - largest) > 2 * (largest - least);
  const found = [...times].filter(([text, n]) => n >= fewestCodes && isFar(Number(text)));
  const rows = found.reduce((sum, [, n]) => sum + n, 0);
  if (rows === 0 || 2 * rows > others.length || !(least < largest)) return [];
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
const withUnit = /^[+-]?\d[\d.,]*\s?([a-zµμ°Ω²³/]{1,10})$/iu;
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

/** What spreadsheets write where a row sums up others. */
const sumWord = /^(grand total|sub-?total|totals?|sum|averages?|mean|合计|总计|小计|总和|平均值?):?$/i;
/** Those of them that cannot be a grade. */
const totalWord = /^(grand total|sub-?totals?|totals?|合计|总计|小计|总和):?$/i;
/** Rows at the end of a table that may sum up the others. */
const mostSums = 10;
/** Largest difference of a sum from what it sums up, as a share. */
const rounding = 0.005;

/** Returns a warning if a row sums up others: one of the last rows says so and no row before does, or the numbers before it show it. */
export function rowsOfSums(list: ListFile, idOf: (row: ListFile["rows"][number]) => string): Warning[] {
  const saying = (rows: ListFile["rows"], word: RegExp) =>
    rows.flatMap((row) => {
      const text = list.columns.map((name) => textOf(row, name, list)).find((cell) => word.test(cell));
      return text === undefined ? [] : [{ row: idOf(row), text, at: row }];
    });
  const [inside] = saying(list.rows, totalWord);
  const [last] = saying(list.rows.slice(-mostSums), sumWord);
  const isLast = last !== undefined && saying(list.rows.slice(0, -mostSums), sumWord).length === 0;
  const found = inside && sumsUp(list, list.rows.indexOf(inside.at)) ? inside : isLast ? last : undefined;
  if (found === undefined) return [];
  return [warningText("row_of_sums", message("row-of-sums", { row: found.row, text: found.text }))];
}

/** True if a number of a row is the sum of those above it, which are not all 0. */
function sumsUp(list: ListFile, at: number): boolean {
  return list.columns.some((column) => {
    const numbers = list.rows.slice(0, at + 1).map((row) => numberOf(textOf(row, column, list)) ?? 0);
    const sum = numbers.slice(0, -1).reduce((a, b) => a + b, 0);
    return at > 1 && sum !== 0 && Math.abs(numbers[at]! - sum) <= rounding * Math.abs(sum);
  });
}
