import type { Table } from "../lists/csv.js";
import { byCodePoint, quoted, type Warning } from "../split/found.js";
import { isMissing } from "./numbers.js";

/** A number with a decimal comma, as in German and French exports: 1.234,56. */
const commaNumber = /^[+-]?(\d+|\d{1,3}(\.\d{3})+)(,\d+)?$/;
/** A number whose comma may separate thousands, as in English exports: 1,234. */
const maybeThousands = /^[+-]?\d{1,3},\d{3}$/;

const withPoint = (text: string): string => text.replaceAll(".", "").replace(",", ".");

/** Returns the meaning of the commas in a column; undefined without commas, or for values that are no numbers. */
function commaKind(
  cells: readonly string[],
  separator: string | undefined,
): "decimal" | "unclear" | undefined {
  const present = cells.filter((cell) => !isMissing(cell));
  const commas = present.filter((cell) => cell.includes(","));
  if (commas.length === 0 || !present.every((cell) => commaNumber.test(cell))) return undefined;
  // Exports separate values by semicolons because commas are decimal.
  return separator !== ";" && commas.every((cell) => maybeThousands.test(cell)) ? "unclear" : "decimal";
}

/**
 * Returns a list with decimal points instead of decimal commas, as pandas does with `decimal=",", thousands="."`. Columns in which
 * commas may separate thousands stay unchanged. Warnings name both kinds of columns.
 */
export function withDecimalPoints<T extends Table>(list: T): T {
  const cell = (value: unknown): string => (typeof value === "string" ? value.trim() : "?");
  const hasCommas = (value: unknown): boolean => typeof value === "string" && value.includes(",");
  const found = new Map(
    list.columns
      .filter((column) => list.rows.some(({ values }) => hasCommas(values[column])))
      .map((column) => [
        column,
        commaKind(
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
