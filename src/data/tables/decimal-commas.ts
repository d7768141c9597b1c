import { firstOf } from "../../core/messages/counted.js";
import { message, warningText } from "../../core/messages/message.js";
import type { Row } from "../lists/columns.js";
import type { Table } from "../lists/csv.js";
import { byCodePoint, firstNames, type Warning } from "../split/found.js";
import { isMissing, isNoValue, unmarked } from "./numbers.js";

/** A number with a decimal comma, as in German and French exports: 1.234,56. */
const commaNumber = /^[+-]?(\d+|\d{1,3}(\.\d{3})+)(,\d+)?$/;
/** A number whose comma may separate thousands, as in English exports: 1,234. */
const maybeThousands = /^[+-]?\d{1,3},\d{3}$/;

/** How the numbers of a column are written, if not with a decimal point: "1.234,5" has commas, "1.234" for 1234 dots. */
export type NumberForm = "commas" | "dots";

/** Forms by column. A column without one has decimal points. */
export type NumberForms = Readonly<Record<string, NumberForm>>;

const bare = (text: string): string => unmarked(text) ?? text;
const withPoint = (text: string): string => bare(text).replaceAll(".", "").replace(",", ".");

/** Returns the meaning of the commas in a column; undefined without commas, or for values that are no numbers. */
function commaKind(
  cells: readonly string[],
  separator: string | undefined,
): "decimal" | "unclear" | undefined {
  const present = cells.filter((cell) => !isMissing(cell)).map(bare);
  const commas = present.filter((cell) => cell.includes(","));
  if (commas.length === 0 || !present.every((cell) => commaNumber.test(cell))) return undefined;
  // Exports separate values by semicolons because commas are decimal.
  return separator !== ";" && commas.every((cell) => maybeThousands.test(cell)) ? "unclear" : "decimal";
}

/** A whole number whose dots may separate thousands: 1.234, or 567. */
const maybeDots = /^[+-]?([1-9]\d{0,2}(\.\d{3})+|[1-9]\d{0,2}|0)$/;
/** Fewest values with dots that show how dots are meant. */
const fewestDots = 3;

/**
 * Returns the columns whose dots may separate thousands: each dot is followed by three digits, and values below 1000 have none.
 * Numbers with three decimals would all have them, or some with fewer.
 */
function dottedColumns(list: Table): { readonly column: string; readonly isClear: boolean }[] {
  const between = list.separator === ";";
  // Commas that are decimal ones leave one meaning to dots.
  const hasCommas = (): boolean =>
    list.rows.some(({ values }) =>
      Object.values(values).some((value) => typeof value === "string" && /^[+-]?\d+,\d+$/.test(value.trim())),
    );
  return list.columns.flatMap((column) => {
    let [dotted, plain] = [0, 0];
    for (const { values } of list.rows) {
      const value = values[column];
      const text = typeof value === "string" ? value.trim() : "";
      if (isMissing(text)) continue;
      if (!maybeDots.test(text)) return [];
      if (text.includes(".")) dotted++;
      else plain++;
    }
    if (dotted < fewestDots || (plain === 0 && !between)) return [];
    return [{ column, isClear: between && (plain > 0 || hasCommas()) }];
  });
}

/**
 * Returns a list without dots that separate thousands. They do in a file whose values are separated by semicolons, because its commas are
 * decimal ones. In other files the values stay, with a warning.
 */
function withoutThousands<T extends Table>(list: T): { readonly list: T; readonly clear: readonly string[] } {
  const found = dottedColumns(list);
  if (found.length === 0) return { list, clear: [] };
  const textOf = (row: Row, column: string): string => String(row.values[column] ?? "").trim();
  const warning = (isClear: boolean): Warning[] => {
    const columns = found.filter((one) => one.isClear === isClear).map(({ column }) => column);
    const [first] = columns;
    if (first === undefined) return [];
    const from = textOf(list.rows.find((row) => textOf(row, first).includes("."))!, first);
    const said = { ...firstOf(columns), from, to: from.replaceAll(".", "") };
    return [
      isClear
        ? warningText("thousands_dots", message("dots-separate-thousands", said))
        : warningText("unclear_dots", message("dots-unclear", said)),
    ];
  };
  const clear = found.filter(({ isClear }) => isClear).map(({ column }) => column);
  const plain = (row: Row): Row => ({
    ...row,
    values: {
      ...row.values,
      ...Object.fromEntries(clear.map((column) => [column, textOf(row, column).replaceAll(".", "")])),
    },
  });
  return {
    list: {
      ...list,
      warnings: [...(list.warnings ?? []), ...warning(true), ...warning(false)],
      rows: clear.length > 0 ? list.rows.map(plain) : list.rows,
    },
    clear,
  };
}

/**
 * Returns a list with decimal points instead of decimal commas, as pandas does with `decimal=",", thousands="."`. Columns in which
 * commas may separate thousands stay unchanged. Dots that separate thousands are removed. Warnings name the columns.
 * @returns the list, with the form that the numbers of its columns had
 */
export function withDecimalPoints<T extends Table>(given: T): T & { readonly forms: NumberForms } {
  const { list, clear } = withoutThousands(given);
  const dots = Object.fromEntries(clear.map((column) => [column, "dots" as const]));
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
  if (decimal.length + unclear.length === 0) return { ...list, forms: dots };
  const example = (column: string): string =>
    list.rows
      .map(({ values }) => cell(values[column]))
      .filter((text) => text.includes(","))
      .sort((a, b) => b.length - a.length || byCodePoint(a, b))[0]!;
  const warnings: Warning[] = [
    ...decimal.slice(0, 1).map((column) => {
      const from = example(column);
      const values = { ...firstNames(decimal), from, to: withPoint(from) };
      return warningText("decimal_commas", message("decimal-commas", values));
    }),
    ...unclear
      .slice(0, 1)
      .map((column) =>
        warningText(
          "unclear_commas",
          message("unclear-commas", { ...firstNames(unclear), from: example(column) }),
        ),
      ),
  ];
  const commas = Object.fromEntries(decimal.map((column) => [column, "commas" as const]));
  return {
    ...list,
    forms: { ...dots, ...commas },
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

/**
 * Returns rows with decimal points, as the training table wrote its numbers: another file may have too few values to tell. Values of a
 * column that are not all in its form stay unchanged, and so do numbers that are no texts.
 * @param columns of numbers that had points: their commas are decimal ones if nothing else is possible
 */
export function inKnownForms<Values extends Readonly<Record<string, unknown>>>(
  rows: readonly Values[],
  columns: readonly string[],
  forms: NumberForms,
): readonly Values[] {
  const changes = new Map<string, (text: string) => string>();
  for (const column of new Set([...columns, ...Object.keys(forms)])) {
    const cells = rows.flatMap((values) => {
      const value = values[column];
      const text = typeof value === "string" ? bare(value.trim()) : "";
      return isMissing(text) || isNoValue(text) ? [] : [text];
    });
    const form = Object.hasOwn(forms, column) ? forms[column] : undefined;
    const hasAll = (one: RegExp): boolean => cells.length > 0 && cells.every((cell) => one.test(cell));
    if (form === "dots" && hasAll(maybeDots)) changes.set(column, (text) => text.replaceAll(".", ""));
    const isDecimal = form === "commas" || commaKind(cells, undefined) === "decimal";
    if (form !== "dots" && isDecimal && hasAll(commaNumber)) changes.set(column, withPoint);
  }
  if (changes.size === 0) return rows;
  return rows.map((values) => ({
    ...values,
    ...Object.fromEntries(
      [...changes].flatMap(([column, change]) => {
        const value = values[column];
        return typeof value === "string" ? [[column, change(value.trim())]] : [];
      }),
    ),
  }));
}
