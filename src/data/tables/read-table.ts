import { EngraftError } from "../../core/errors.js";
import type { Part } from "../../core/events/events.js";
import type { Task } from "../../core/results/task.js";
import type { Platform } from "../../platform/platform.js";
import { givenPart, type Row, readColumn, splitColumnOf } from "../lists/columns.js";
import { listError } from "../lists/list-bytes.js";
import { type ListFile, type ReadOptions, readLists } from "../lists/read-list.js";
import { usualTargetOf } from "../lists/target-column.js";
import { count, quoted } from "../split/found.js";
import { inKnownForms, type NumberForms, withDecimalPoints } from "./decimal-commas.js";
import { unitExample } from "./doubts.js";

/**
 * Refuses a target that could be classes or numbers.
 * @param task the task that takes every value for a class
 * @throws DataError with the first cell that is no number
 */
export function refuseMixedTarget(
  list: Pick<ListFile, "name" | "columns" | "rows">,
  column: string,
  task: Task,
): void {
  const found = readColumn(list, column);
  const value = found.couldHaveNumbers && list.columns.length > 1 ? unitExample(found.cells) : undefined;
  if (value !== undefined)
    throw listError(
      list.name,
      `has numbers with a unit in ${JSON.stringify(column)}: ${JSON.stringify(value)}`,
      undefined,
      `write them without the unit, all in the same one; --task ${task} takes every value for a class`,
    );
  const { numbers, present, others } = found.counts;
  if (others.length === 0 || !found.couldBeQuantity) return;
  const row = list.rows[found.cells.indexOf(others[0]!)]!;
  throw listError(
    row.file ?? list.name,
    `has ${count(numbers, "number")} in ${JSON.stringify(column)}, and ${count(present - numbers, "other value")}: the first is ${JSON.stringify(others[0])} in line ${row.line}`,
    undefined,
    `correct them, or remove their rows; --task ${task} takes every value for a class`,
  );
}

/** A parsed table, with functions for the split and the id of a row. */
export interface ReadTable {
  readonly list: ListFile;
  /** Forms of numbers that the file had; those of the model if they were given. */
  readonly forms: NumberForms;
  /** Rows that a split by time left out as gap. */
  readonly gapRows: readonly Row[];
  readonly partOfRow: (row: Row) => Part | undefined;
  readonly idOf: (row: Row) => string;
}

/**
 * Reads a table: a file, or a folder with a file for each split.
 * @param known columns of numbers of a model, and their forms. Default: the file shows the forms
 * @throws DataError
 */
export async function readTable(
  platform: Platform,
  path: string,
  options: ReadOptions = {},
  known?: { readonly numbers: readonly string[]; readonly forms: NumberForms },
): Promise<ReadTable> {
  const { files } = platform;
  const read = await readLists(platform, path, options);
  if (read === undefined) {
    const found = await files.stat(path);
    if (found === undefined)
      throw new EngraftError("DataError", `there is no file or folder ${JSON.stringify(path)}`, {
        help: `${await (await import("../../platform/nearest-path.js")).nearestPath(files, path)}check the spelling of the path and the folder you are in`,
        details: { data: path },
      });
    const isFolder = found.kind === "folder";
    if (!isFolder) await (await import("../other-formats.js")).refuseOtherFormats(files, path);
    throw new EngraftError(
      "DataError",
      isFolder ? `the folder ${JSON.stringify(path)} holds no table` : `${JSON.stringify(path)} is no table`,
      { help: "give a .csv, .tsv, .jsonl, .json or .parquet file, or a folder with train.csv and test.csv" },
    );
  }
  requireSameColumns(read.files ?? [], options.classColumn);
  const { forms, ...list } = known ? inFormsOf(read, known) : withDecimalPoints(read);
  const split = splitColumnOf(list);
  return {
    list,
    forms,
    gapRows:
      list.gapRows === undefined
        ? []
        : inFormsOf({ ...list, rows: list.gapRows }, { numbers: Object.keys(forms), forms }).rows,
    partOfRow: (row) => givenPart(row, split, list),
    idOf: ({ file, line }) => (file === undefined ? `line ${line}` : `${file}, line ${line}`),
  };
}

function inFormsOf<T extends ListFile>(
  list: T,
  { numbers, forms }: { readonly numbers: readonly string[]; readonly forms: NumberForms },
): T & { readonly forms: NumberForms } {
  const values = inKnownForms(
    list.rows.map((row) => row.values),
    numbers,
    forms,
  );
  return { ...list, rows: list.rows.map((row, i) => ({ ...row, values: values[i]! })), forms };
}

/**
 * Requires the columns of the first part in all others, in whatever order. A column that only the first part has is the target, if no other
 * one is known.
 * @throws DataError naming the columns that a part lacks
 */
function requireSameColumns(
  [first, ...others]: NonNullable<ListFile["files"]>,
  target = usualTargetOf(first?.columns ?? []),
): void {
  for (const { name, columns } of others) {
    const missing = first!.columns.filter((column) => !columns.includes(column));
    const added = columns.filter((column) => !first!.columns.includes(column));
    if (missing.length + added.length === 0) continue;
    const [only] = missing;
    const differences = [
      ...(missing.length > 0 ? [`without ${quoted(missing, 30)}`] : []),
      ...(added.length > 0 ? [`with ${quoted(added, 30)}`] : []),
    ];
    if (added.length === 0 && missing.length === 1 && (target ?? only) === only)
      throw listError(
        name,
        `has no column ${JSON.stringify(only)}, the target that only ${JSON.stringify(first!.name)} has: no model can be scored on it`,
        undefined,
        `train on that file alone, and let the model predict this one: engraft train ${first!.name} --target ${JSON.stringify(only)}, then engraft predict RUN ${name}`,
      );
    throw listError(
      name,
      `has other columns than ${JSON.stringify(first!.name)}: ${differences.join(", ")}`,
      undefined,
      `give all parts the columns ${quoted(first!.columns, 30)}`,
    );
  }
}
