import type { TableFolder } from "../../bases/model-folder/table-folder.js";
import { EngraftError } from "../../core/errors.js";
import type { OnProgress } from "../../core/events/progress-events.js";
import type { SampleWords } from "../../core/modalities.js";
import { isMissing, isNoValue, numberOf } from "../../data/column.js";
import type { Quotes } from "../../data/lists/quotes.js";
import { readList } from "../../data/lists/read-list.js";
import { count, quoted } from "../../data/split/found.js";
import { cellReader, isEmpty } from "../../data/tables/choose-inputs.js";
import { derivedCell, sourcesOf } from "../../data/tables/dates.js";
import { inKnownForms } from "../../data/tables/decimal-commas.js";
import type { Platform } from "../../platform/platform.js";

/** A row: values by column name; null, undefined and "" are missing. */
export type TableRow = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** Returns the rows of a table file, as `predict` takes them: as they are written. The model knows the form of its numbers. */
export async function rowsOf(
  platform: Platform,
  path: string,
  {
    quotes,
    onEvent,
    columns = [],
    pictures = [],
    complete = [],
  }: {
    readonly quotes?: Quotes | undefined;
    readonly onEvent?: OnProgress;
    /** Columns of the model: a warning names those that the file does not have. */
    readonly columns?: readonly string[];
    /** Columns of paths of pictures, which are relative to the folder of the file. */
    readonly pictures?: readonly string[];
    /** Inputs that no training row lacked: a warning counts the rows without them. */
    readonly complete?: readonly string[];
  } = {},
): Promise<TableRow[]> {
  const list = await readList(platform, platform.files.resolve(path), {
    quotes,
    fewerClasses: true,
    keepUnlabelled: true,
  });
  const { rows, warnings = [] } = list;
  for (const one of warnings) onEvent?.({ event: "warning", ...one });
  const has = (name: string): boolean => list.columns.includes(name);
  const absent = new Set(
    columns.filter((name) => !has(name)).flatMap((name) => sourcesOf(name).filter((one) => !has(one))),
  );
  if (absent.size > 0 && absent.size < columns.length)
    onEvent?.({
      event: "warning",
      code: "columns_missing",
      message: `${JSON.stringify(path)} has no ${quoted([...absent])}: every value counts as missing`,
    });
  warnOfGaps(path, rows, complete, ({ values }, name) => values[name], onEvent);
  const readCell = cellReader(platform, list);
  return rows.map((row) => ({
    ...(row.values as TableRow),
    ...Object.fromEntries(
      pictures.filter(has).map((name) => [name, readCell(row, { name, kind: "picture" })]),
    ),
  }));
}

/** Warns of rows that lack an input which no training row lacked. */
export function warnOfGaps<Row>(
  path: string,
  rows: readonly Row[],
  complete: readonly string[],
  cellOf: (row: Row, name: string) => unknown,
  onEvent: OnProgress | undefined,
): void {
  for (const name of complete) {
    const gaps = rows.filter((row) => isEmpty(cellOf(row, name))).length;
    if (gaps === 0) continue;
    const lacking = `${gaps} of ${count(rows.length, "row")} of ${JSON.stringify(path)} ${gaps === 1 ? "has" : "have"} no ${JSON.stringify(name)}`;
    const meaning =
      "zeros take its place. Every training row had it, so the model has not learnt from such rows";
    onEvent?.({ event: "warning", code: "input_missing", message: `${lacking}: ${meaning}` });
  }
}

/** Returns the cells of rows in the order of the model's columns. @throws as {@link cellsOf} */
export function cellsOfRows(
  rows: readonly TableRow[],
  folder: Pick<TableFolder, "table" | "dir">,
): readonly (readonly string[])[] {
  const { forms = {} } = folder.table;
  return inKnownForms(rows.map(requireRow), numbersOf(folder), forms).map((row, i) =>
    cellsOf(row, i, folder),
  );
}

/** Returns the columns of numbers of a model. */
export const numbersOf = ({ table }: Pick<TableFolder, "table">): string[] =>
  table.columns.filter(({ kind }) => kind === "number").map(({ name }) => name);

/**
 * Returns the cells of a row in the order of the model's columns.
 * @throws DataError for a row with none of the columns, or with a text in a column of numbers
 */
export function cellsOf(
  row: TableRow,
  index: number,
  { table, dir }: Pick<TableFolder, "table" | "dir">,
): string[] {
  const names = table.columns.map(({ name }) => name);
  const has = (name: string): boolean => Object.hasOwn(row, name);
  if (!names.some((name) => has(name) || sourcesOf(name).some(has)))
    throw new EngraftError("DataError", `row ${index + 1} has none of the model's columns`, {
      at: `its columns are ${Object.keys(row).slice(0, 8).join(", ") || "none"}; model "${dir}"`,
      help: `name them as in training: ${[...new Set(names.flatMap(sourcesOf))].slice(0, 12).join(", ")}`,
      details: { row: index + 1, columns: Object.keys(row) },
    });
  return table.columns.map(({ name, kind }) => {
    const textIn = (column: string): string => String((has(column) ? row[column] : undefined) ?? "").trim();
    const [source] = sourcesOf(name);
    const derived = has(name) || source === name ? textIn(name) : derivedCell(name, textIn);
    if (derived === undefined)
      throw new EngraftError(
        "DataError",
        `${JSON.stringify(source)} of row ${index + 1} is ${JSON.stringify(textIn(source!))}, no date`,
        {
          help: "write it as in training, such as 2024-03-31, or leave it empty",
          details: { row: index + 1, column: source },
        },
      );
    const cell = derived;
    if (kind === "picture" || kind === "text") requireText(name, kind, has(name) ? row[name] : "", index);
    if (kind === "number" && isNoValue(cell)) return "";
    if (kind === "number" && !isMissing(cell) && numberOf(cell) === undefined)
      throw new EngraftError(
        "DataError",
        `"${name}" of row ${index + 1} is ${JSON.stringify(cell)}, no number`,
        {
          help: "give a number with a point, or leave it empty",
          details: { row: index + 1, column: name },
        },
      );
    return cell;
  });
}

/** @throws DataError for a picture that is no path, and a text that is no string */
function requireText(
  name: string,
  kind: SampleWords<"image" | "text">["one"],
  value: unknown,
  index: number,
): void {
  const isPicture = kind === "picture";
  const isUrl = isPicture && typeof value === "string" && /^https?:\/\//.test(value);
  const isObject = typeof value === "object" && value !== null;
  if (!isUrl && !isObject && (!isPicture || typeof (value ?? "") === "string")) return;
  const type = Array.isArray(value) ? "a list" : `${isObject ? "an" : "a"} ${typeof value}`;
  throw new EngraftError("DataError", `"${name}" of row ${index + 1} is ${isUrl ? "a URL" : type}`, {
    help: `give ${isPicture ? "the path of a picture file" : "a text"}, or leave it empty`,
    details: { row: index + 1, column: name },
  });
}

/** Returns the item as a row. @throws DataError if it is not a row */
export function requireRow(item: unknown): TableRow {
  if (typeof item === "object" && item !== null && !Array.isArray(item)) return item as TableRow;
  throw new EngraftError("DataError", `${JSON.stringify(item)} is no row of a table`, {
    help: "give objects with the model's columns; on the command line a .csv, .tsv, .jsonl, .json or .parquet file",
  });
}
