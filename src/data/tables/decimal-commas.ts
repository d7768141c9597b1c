import { firstOf } from "../../core/messages/counted.js";
import { message, warningText } from "../../core/messages/message.js";
import { Column, type NumberForm, pointsOf } from "../column.js";
import type { Row } from "../lists/columns.js";
import type { Table } from "../lists/csv.js";
import { firstNames, type Warning } from "../split/found.js";

/** Forms by column. A column without one has decimal points. */
export type NumberForms = Readonly<Record<string, NumberForm>>;

const textIn = (value: unknown): string => (typeof value === "string" ? value.trim() : "");

/** Returns warnings about columns whose numbers have no decimal points, or may have none. */
function formWarnings(columns: readonly Column[]): Warning[] {
  const said = (key: "form" | "unclear", form: NumberForm) => {
    const found = columns.filter((column) => column[key] === form);
    const names = found.map(({ name }) => name);
    return found.slice(0, 1).map(({ example }) => ({ names, example: example! }));
  };
  return [
    ...said("form", "dots").map(({ names, example }) =>
      warningText("thousands_dots", message("dots-separate-thousands", { ...firstOf(names), ...example })),
    ),
    ...said("unclear", "dots").map(({ names, example }) =>
      warningText("unclear_dots", message("dots-unclear", { ...firstOf(names), ...example })),
    ),
    ...said("form", "commas").map(({ names, example }) =>
      warningText("decimal_commas", message("decimal-commas", { ...firstNames(names), ...example })),
    ),
    ...said("unclear", "commas").map(({ names, example: { from } }) =>
      warningText("unclear_commas", message("unclear-commas", { ...firstNames(names), from })),
    ),
  ];
}

/**
 * Returns a list with decimal points instead of decimal commas, as pandas does with `decimal=",", thousands="."`. Columns in which
 * commas may separate thousands stay unchanged. Dots that separate thousands are removed. Warnings name the columns.
 * @returns the list, with the form that the numbers of its columns had
 */
export function withDecimalPoints<T extends Table>(list: T): T & { readonly forms: NumberForms } {
  // Commas that are decimal ones leave one meaning to dots.
  const hasCommas = (): boolean =>
    list.rows.some(({ values }) =>
      Object.values(values).some((value) => /^[+-]?\d+,\d+$/.test(textIn(value))),
    );
  const columns = list.columns.map((name) => {
    const cells = list.rows.map(({ values }) => textIn(values[name]));
    return new Column(name, cells, { separator: list.separator, hasCommas });
  });
  const warnings = formWarnings(columns);
  const changed = columns.filter(({ form }) => form !== undefined);
  const pointed = (row: Row, i: number): Row => {
    const values = { ...row.values };
    for (const { name, cells } of changed) if (typeof values[name] === "string") values[name] = cells[i];
    return { ...row, values };
  };
  return {
    ...list,
    ...(warnings.length > 0 && { warnings: [...(list.warnings ?? []), ...warnings] }),
    forms: Object.fromEntries(changed.map(({ name, form }) => [name, form!])),
    rows: changed.length === 0 ? list.rows : list.rows.map(pointed),
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
  const changes = [...new Set([...columns, ...Object.keys(forms)])].flatMap((column) => {
    const form = Object.hasOwn(forms, column) ? forms[column] : undefined;
    const change = pointsOf(
      rows.map((values) => textIn(values[column])),
      form,
    );
    return change ? [{ column, change }] : [];
  });
  if (changes.length === 0) return rows;
  return rows.map((values) => ({
    ...values,
    ...Object.fromEntries(
      changes.flatMap(({ column, change }) => {
        const value = values[column];
        return typeof value === "string" ? [[column, change(value.trim())]] : [];
      }),
    ),
  }));
}
