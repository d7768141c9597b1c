import type { TableFolder } from "../../bases/model-folder/table-folder.js";
import { EngraftError } from "../../core/errors.js";
import { isTaskWith } from "../../core/results/task.js";
import { isMissing, numberOf } from "../../data/column.js";
import { type Row, textOf } from "../../data/lists/columns.js";
import type { ListFile } from "../../data/lists/read-list.js";
import { groupIn } from "../../data/split/named-groups.js";
import { cellReader, hashRows, rowsWithPictures } from "../../data/tables/choose-inputs.js";
import { derivedCell, sourcesOf } from "../../data/tables/dates.js";
import { requireGroupColumn } from "../../data/tables/open-table.js";
import { readTable } from "../../data/tables/read-table.js";
import type { EvaluateOptions } from "../../inference/evaluation.js";
import type { Platform } from "../../platform/platform.js";
import { numbersOf } from "./table-rows.js";

/** A row in the columns of a model, with its label or target values. */
export interface LabelledRow {
  readonly id: string;
  /** Cells in the order of the model's columns. */
  readonly cells: readonly string[];
  /** Index into the classes of the data; 0 for regression. */
  readonly label: number;
  readonly values: readonly number[];
  /** Content hash, as for a training row: equal inputs have equal hashes. */
  readonly sha256: string;
  /** Group of rows that belong together. */
  readonly group?: string;
}

export interface LabelledRows {
  readonly root: string;
  readonly classes: readonly string[];
  readonly items: readonly LabelledRow[];
}

const some = (names: readonly string[], most = 12): string =>
  names
    .slice(0, most)
    .map((n) => JSON.stringify(n))
    .join(", ") + (names.length > most ? `, and ${names.length - most} more` : "");

/** Returns the cell of a model's column: as the table has it, or derived of its dates. */
function cellOf(name: string, row: Row, list: ListFile): string {
  const textIn = (column: string): string => textOf(row, column, list);
  return list.columns.includes(name) ? textIn(name) : (derivedCell(name, textIn) ?? "");
}

/** Returns the rows whose picture can be read, or is missing, and warns of the others. @throws DataError without one */
async function readableRows<Row extends Pick<LabelledRow, "id" | "cells">>(
  platform: Platform,
  columns: TableFolder["table"]["columns"],
  all: readonly Row[],
  {
    warn,
    refuse,
  }: {
    readonly warn: (code: string, message: string) => void;
    readonly refuse: (message: string, help: string) => EngraftError;
  },
) {
  const { lost, ...found } = await rowsWithPictures(platform, columns, all, {});
  const first = lost.slice(0, 3).map(({ item, reason }) => `${item}: ${reason}`);
  const problems = first.join("; ") + (lost.length > 3 ? " …" : "");
  if (found.rows.length === 0)
    throw refuse(`no picture of the table can be read: ${problems}`, "correct the paths, or empty the cells");
  if (lost.length > 0) warn("skipped", `${lost.length} of ${all.length} rows left out: ${problems}`);
  return found;
}

/**
 * Opens a table as labelled rows in the columns of a model, matched by name. Rows without a label or target are left out.
 * A text in a column of numbers counts as missing. Warnings report both.
 * @throws DataError for a table without the model's columns or targets, or without a usable row
 */
export async function openRowsFor(
  platform: Platform,
  { table, engraft, dir, classes: known }: Pick<TableFolder, "table" | "engraft" | "dir" | "classes">,
  data: string,
  {
    onEvent,
    quotes,
    classNames,
    groupFrom,
  }: Pick<EvaluateOptions, "onEvent" | "quotes" | "classNames" | "groupFrom"> = {},
): Promise<LabelledRows> {
  const root = platform.files.resolve(data);
  const read = { quotes, classNames, classColumn: table.targets[0], fewerClasses: true };
  const numbers = isTaskWith(engraft.task, { head: "numbers" });
  const { list, idOf } = await readTable(platform, root, read, {
    numbers: [...numbersOf({ table }), ...(numbers ? table.targets : [])],
    forms: table.forms ?? {},
  });
  const warn = (code: string, message: string): void => onEvent?.({ event: "warning", code, message });
  for (const { code, message } of list.warnings ?? []) warn(code, message);
  const refuse = (message: string, help: string): EngraftError =>
    new EngraftError("DataError", message, {
      at: `data "${root}", whose columns are ${some(list.columns) || "none"}; model "${dir}"`,
      help,
    });
  const { targets } = table;
  if (groupFrom !== undefined) requireGroupColumn(list, groupFrom, targets);
  const unknown = targets.filter((name) => !list.columns.includes(name));
  if (unknown.length > 0)
    throw refuse(
      `the table has no column ${some(unknown)}, which the model learnt: there is nothing to score against`,
      "add it; `engraft predict` answers rows without it",
    );
  const names = table.columns.map(({ name }) => name);
  const has = (name: string): boolean => list.columns.includes(name);
  const absent = names.filter((name) => !has(name) && !sourcesOf(name).every(has));
  if (absent.length === names.length)
    throw refuse(
      "the table has none of the model's columns",
      `name them as in training: ${some([...new Set(names.flatMap(sourcesOf))])}`,
    );
  if (absent.length > 0)
    warn("columns_missing", `the table has no ${some(absent)}: every value counts as missing`);
  let [untrue, others] = [0, 0];
  const readCell = cellReader(platform, list);
  const labelled = list.rows.flatMap((row) => {
    const truth = targets.map((name) => textOf(row, name, list));
    const values = numbers ? truth.map(numberOf) : [];
    // "NA" may be a class, such as Namibia.
    if (truth.some((cell) => isMissing(cell) && !known.includes(cell)) || values.includes(undefined)) {
      untrue++;
      return [];
    }
    const cells = table.columns.map(({ name, kind }) => {
      if (kind === "picture" && has(name)) return readCell(row, { name, kind });
      const cell = absent.includes(name) ? "" : cellOf(name, row, list);
      if (kind === "number" && !isMissing(cell) && numberOf(cell) === undefined) others++;
      return cell;
    });
    const label = numbers ? "" : truth[0]!.normalize("NFC");
    const group = groupFrom === undefined ? undefined : groupIn(row, groupFrom, list);
    return [
      { id: idOf(row), cells, values: values as number[], label, ...(group !== undefined && { group }) },
    ];
  });
  if (labelled.length === 0)
    throw refuse(`no row of the table has ${some(targets)}`, "give rows whose true value is known");
  if (untrue > 0)
    warn("skipped", `${untrue} of ${list.rows.length} rows left out: they have no ${some(targets)}`);
  if (others > 0)
    warn("no_numbers", `${others} values in columns of numbers are no numbers and taken as missing`);
  const { rows, scanned } = await readableRows(platform, table.columns, labelled, { warn, refuse });
  const classes = numbers ? [] : [...new Set(rows.map(({ label }) => label))];
  const at = new Map(classes.map((name, i) => [name, i]));
  const hashes = await hashRows(platform, table.columns, rows, scanned);
  const items = rows.map(
    ({ label, ...row }, i): LabelledRow => ({ ...row, label: at.get(label) ?? 0, sha256: hashes[i]!.sha256 }),
  );
  return { root, classes, items };
}
