import type { Table } from "../lists/csv.js";
import { byCodePoint, quoted, type Warning } from "../split/found.js";
import { isMissing } from "./numbers.js";

/** A number as German, French and many other exports write it: 1.234,56. */
const commaNumber = /^[+-]?(\d+|\d{1,3}(\.\d{3})+)(,\d+)?$/;
/** May as well be a thousand and more, as English exports write it: 1,234. */
const perhapsThousands = /^[+-]?\d{1,3},\d{3}$/;

const withPoint = (text: string): string => text.replaceAll(".", "").replace(",", ".");

/** How the commas of a column are read; undefined for a column without any, or of other things than numbers. */
function commasOf(
  cells: readonly string[],
  separator: string | undefined,
): "decimal" | "unclear" | undefined {
  const there = cells.filter((cell) => !isMissing(cell));
  const commas = there.filter((cell) => cell.includes(","));
  if (commas.length === 0 || !there.every((cell) => commaNumber.test(cell))) return undefined;
  // Where semicolons separate values, commas are decimal ones: that is why.
  return separator !== ";" && commas.every((cell) => perhapsThousands.test(cell)) ? "unclear" : "decimal";
}

/**
 * Returns a list whose columns of numbers with decimal commas are written with points, as pandas reads them with
 * `decimal=",", thousands="."`. Its warnings name the columns, and those in which commas may separate thousands: they stay as they are.
 */
export function withDecimalPoints<T extends Table>(list: T): T {
  const cell = (value: unknown): string => (typeof value === "string" ? value.trim() : "?");
  const found = new Map(
    list.columns.map((column) => [
      column,
      commasOf(
        list.rows.map(({ values }) => cell(values[column])),
        list.separator,
      ),
    ]),
  );
  const named = (kind: "decimal" | "unclear") => list.columns.filter((column) => found.get(column) === kind);
  const [decimal, unclear] = [named("decimal"), named("unclear")];
  if (decimal.length + unclear.length === 0) return list;
  const example = (column: string): string =>
    list.rows
      .map(({ values }) => cell(values[column]))
      .filter((text) => text.includes(","))
      .sort((a, b) => b.length - a.length || byCodePoint(a, b))[0]!;
  const warnings: Warning[] = [
    ...decimal.slice(0, 1).map((column) => ({
      code: "decimal_commas",
      message: `commas are decimal ones in ${quoted(decimal)}: "${example(column)}" is read as ${withPoint(example(column))}`,
    })),
    ...unclear.slice(0, 1).map((column) => ({
      code: "unclear_commas",
      message: `commas in ${quoted(unclear)} may be decimal ones or separate thousands ("${example(column)}"): the values are taken as text; write them with a point, or without a comma`,
    })),
  ];
  return {
    ...list,
    warnings: [...(list.warnings ?? []), ...warnings],
    rows: list.rows.map(({ values, ...place }) => ({
      ...place,
      values: {
        ...values,
        ...Object.fromEntries(decimal.map((column) => [column, withPoint(cell(values[column]))])),
      },
    })),
  };
}
