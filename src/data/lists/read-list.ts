import { listLimit } from "../../core/file-limits.js";
import { message, warningText } from "../../core/messages/message.js";
import type { Platform } from "../../platform/platform.js";
import { knownRowsOf, readOnce } from "../source.js";
import { type DividedRows, divideRows, timesOf } from "../split/divide-rows.js";
import { firstNames, listName, partNames, quoted, type Warning } from "../split/found.js";
import { type ClassNameOptions, ClassNames } from "./class-names.js";
import {
  columnOf,
  decidingRows,
  type NamesByColumn,
  type OpenRows,
  type Row,
  splitColumnOf,
} from "./columns.js";
import type { ParsedTable, Table } from "./csv.js";
import { type FoundLists, findLists } from "./find-lists.js";
import { decodePieces, decodeTexts, listError } from "./list-bytes.js";
import { type Quotes, requireQuotes } from "./quotes.js";

/** A parsed list. */
export interface ListFile extends Table {
  /** Name of the list in messages. */
  readonly name: string;
  /** Base of relative paths of pictures. */
  readonly folder: string;
  /** The columns of each file, if there are several. */
  readonly files?: readonly { readonly name: string; readonly columns: readonly string[] }[];
}

/** Options of {@link readList} and {@link readLists}. */
export interface ReadOptions extends ClassNameOptions {
  /** Largest number of rows to read. Default: all. */
  readonly most?: number | undefined;
  /** Meaning of quotes in a CSV or TSV. Default: decided by the file. */
  readonly quotes?: Quotes | undefined;
  /** Example header in messages. */
  readonly header?: string | undefined;
  /** Receives the columns and returns the function that receives the rows; `rows` stays empty then. */
  readonly each?: ((columns: readonly string[]) => (row: Row) => void) | undefined;
  /** Columns that are learnt, left out, or used for something else than the split. Default: none. */
  readonly reserved?: readonly string[] | undefined;
  /** Reads only the first of several files. Default false. */
  readonly first?: boolean | undefined;
}

/** Reads a CSV, TSV, JSON, JSONL or Parquet file. @throws DataError with the line number */
export async function readList(
  platform: Platform,
  path: string,
  options: ReadOptions = {},
): Promise<ListFile> {
  const { files } = platform;
  const folder = files.dirname(path);
  const name = files.relative(folder, path);
  requireQuotes(options.quotes, [name]);
  if (!listName.test(path)) await (await import("../other-formats.js")).refuseOtherFormats(files, path);
  const names = await ClassNames.open(files, folder, options);
  const list = await readNamedRows(platform, path, name, options, names);
  return { ...list, name, folder, warnings: [...(list.warnings ?? []), ...names.check(name)] };
}

/**
 * Reads the list at a path: a file, or a folder with one list, a list for each split, or pictures with metadata files. Rows of
 * several files get a column "split".
 * @returns undefined if {@link findLists} finds no list
 * @throws DataError with file and line
 */
export async function readLists(
  platform: Platform,
  path: string,
  options: ReadOptions = {},
): Promise<(ListFile & { readonly root: string }) | undefined> {
  const { files } = platform;
  const found = await findLists(files, path);
  if (found === undefined) return undefined;
  const { root, folder, layout } = found;
  const [one] = found.files;
  if (layout === "file")
    return { root, ...(await readList(platform, files.join(folder, one!.name), options)) };
  const names = await ClassNames.open(files, folder, options);
  requireQuotes(
    options.quotes,
    found.files.map((file) => file.name),
  );
  const name = files.relative(files.dirname(root), root);
  const warnings: Warning[] = [...found.warnings];
  const columns = new Set<string>();
  const rows: Row[] = [];
  const tables: { name: string; columns: readonly string[]; separator?: string }[] = [];
  for (const { name: file, part } of options.first ? [one!] : found.files) {
    const table = await readNamedRows(
      platform,
      files.join(folder, file),
      file,
      { ...options, each: undefined, isPart: part !== undefined },
      names,
    );
    warnings.push(...(table.warnings ?? []));
    for (const column of table.columns) columns.add(column);
    const place =
      layout === "metadata" ? pathsRelativeTo(file, table.columns) : (values: Row["values"]) => values;
    for (const { line, values } of table.rows)
      rows.push({ ...(line && { line }), file, values: { ...place(values), ...(part && { split: part }) } });
    tables.push({ ...table, name: file });
  }
  warnings.push(...names.check(name));
  const divided = withSplits(found, rows, columns);
  if (layout === "metadata" && !options.first)
    warnings.push(...(await warnUnlistedPictures(platform, found, divided.rows)));
  const list = {
    root,
    name,
    folder,
    separator: tables[0]?.separator,
    columns: divided.columns,
    files: tables.map(({ name, columns }) => ({ name, columns })),
    warnings,
  };
  const take = options.each?.(list.columns);
  if (take) for (const row of divided.rows) take(row);
  return { ...list, rows: take ? [] : divided.rows };
}

/** Options of a file of a list. */
interface FileOptions extends ReadOptions {
  /** True for a file that is a split itself. */
  readonly isPart?: boolean;
}

/** Reads one file, with class names instead of class numbers. */
async function readNamedRows(
  platform: Platform,
  path: string,
  name: string,
  options: FileOptions,
  names: ClassNames,
): Promise<Table> {
  const rows: Row[] = [];
  const { most = Number.POSITIVE_INFINITY } = options;
  let left: LeftOutRows | undefined;
  let divided: DividedRows | undefined;
  const waitsForAll = timesOf(platform, options)?.splitBy !== undefined;
  let finish = (_separator?: string): void => {};
  const each: OpenRows = (columns, own) => {
    const named = names.of(name, columns, own);
    const leftOut = new LeftOutRows(columns);
    left = leftOut;
    // The first rows wait until they have shown what the columns are.
    let waiting: Row[] | undefined = [];
    let take: (row: Row) => void = () => {};
    let taken = 0;
    const pass = (row: Row): void => {
      if (taken++ < most) take(row);
    };
    finish = (separator) => {
      if (waiting === undefined) return;
      divided = divideRows(platform, { name, columns, separator }, waiting, options);
      waiting = undefined;
      take = options.each?.(divided.columnsOf(columns)) ?? ((row: Row) => void rows.push(row));
      for (const row of divided.rows) pass(row);
    };
    return (row) => {
      const namedRow = leftOut.has(row) ? undefined : named(row);
      if (!namedRow) return;
      if (waiting === undefined) pass(divided!.later(namedRow));
      else if (waiting.push(namedRow) >= decidingRows && !waitsForAll) finish();
    };
  };
  const isSmall = options.most !== undefined && !/\.parquet$/i.test(path);
  const wanted = isSmall ? Math.max(options.most!, decidingRows) : options.most;
  const table = await readRows(platform, path, name, each, { ...options, most: wanted });
  finish(table.separator);
  const hasValues = (column: string): boolean =>
    column !== "" || rows.some(({ values }) => (values[column] ?? "") !== "");
  const columns = divided?.columnsOf(table.columns) ?? table.columns;
  return {
    ...table,
    // Spreadsheets write empty columns behind the last one.
    columns: options.each ? columns : columns.filter(hasValues),
    warnings: [...(table.warnings ?? []), ...(left?.warnings() ?? []), ...(divided?.warnings ?? [])],
    rows,
    ...(divided?.gapRows && { gapRows: divided.gapRows }),
  };
}

/** What annotators answer of a suggestion in Prodigy. */
const answers = new Set(["accept", "reject", "ignore"]);

/** Finds the rows of a list that are no samples: what an annotator rejected in Prodigy, and further lines with the names of the columns. */
class LeftOutRows {
  readonly #isProdigy: boolean;
  readonly #answers = new Set<string>();
  #rejected = 0;
  #repeated = 0;

  constructor(private readonly columns: readonly string[]) {
    const has = (name: string): boolean => columns.includes(name);
    this.#isProdigy =
      has("answer") && (has("_input_hash") || has("_task_hash") || (has("tokens") && has("spans")));
  }

  has({ values }: Row): boolean {
    const { answer } = values;
    if (this.#isProdigy && typeof answer === "string" && answer !== "accept" && answers.has(answer)) {
      this.#answers.add(answer);
      this.#rejected++;
      return true;
    }
    const { columns } = this;
    // The first name decides for nearly all rows.
    if (columns.length < 2 || values[columns[0]!] !== columns[0]) return false;
    if (!columns.every((column) => values[column] === column)) return false;
    this.#repeated++;
    return true;
  }

  warnings(): Warning[] {
    const rejected = { rows: this.#rejected, answers: [...this.#answers].sort() };
    return [
      ...(this.#rejected > 0 ? [warningText("rejected_rows", message("rows-rejected", rejected))] : []),
      ...(this.#repeated > 0
        ? [warningText("repeated_header", message("header-repeated", { rows: this.#repeated }))]
        : []),
    ];
  }
}

/** Reads the rows of a file, as far as its source has not kept them. Rows that are passed on one by one are not kept. */
async function readRows(
  platform: Platform,
  path: string,
  name: string,
  each: OpenRows,
  options: ReadOptions,
): Promise<Omit<Table, "rows">> {
  const { most, quotes } = options;
  const known = knownRowsOf(platform);
  if (known === undefined) return parseRows(platform, path, name, each, options);
  const key = JSON.stringify([path, quotes]);
  const earlier = known.get(key);
  if (options.each && most === undefined && !earlier?.isWhole) {
    const { warnings, enclosing } = earlier ?? {};
    const decided = enclosing === undefined ? quotes : enclosing ? "standard" : "none";
    const table = await parseRows(platform, path, name, each, { ...options, quotes: decided });
    return { ...table, ...(warnings && { warnings }) };
  }
  const { rows, names, ...table } = await readOnce(known, key, most, async (wanted) => {
    const rows: Row[] = [];
    let names: NamesByColumn | undefined;
    const keep: OpenRows = (_columns, own) => {
      names = own;
      return (row) => void rows.push(row);
    };
    return { ...(await parseRows(platform, path, name, keep, { ...options, most: wanted })), rows, names };
  });
  const take = each(table.columns, names);
  for (const row of rows.slice(0, most)) take(row);
  return table;
}

/** Number of bytes that show that a list is something else. */
const beginBytes = 1024;
/** First characters that names of columns rarely have. */
const unlikelyBegin = /^\s*([<+|@%_]|-- |version |PK[^\w\s]|[+-]?[\d.]+ \d+:)/;

async function parseRows(
  platform: Platform,
  path: string,
  name: string,
  each: OpenRows,
  { most, quotes, header }: ReadOptions,
): Promise<Omit<ParsedTable, "rows">> {
  // Loaded on demand, since most pages read folders.
  if (/\.parquet$/i.test(path)) {
    const { readParquet } = await import("./read-parquet.js");
    return readParquet(platform, path, name, each, most);
  }
  const read = () => platform.files.read(path, { limit: listLimit });
  if (/\.(json|jsonl|ndjson)$/i.test(path)) {
    const { readJson } = await import("./json.js");
    const content = await read();
    const model = (await import("../foreign-models.js")).modelAmongData(path, content);
    if (model) throw model;
    const { columns, rows, isWhole } = readJson(
      await decodeTexts(content, name),
      name,
      !/\.json$/i.test(path),
      most,
    );
    const take = each(columns);
    for (const row of rows) take(row);
    return { columns, isWhole };
  }
  const { readCsv } = await import("./csv.js");
  const bytes = await read();
  const begin = String.fromCharCode(...bytes.subarray(0, beginBytes));
  if (unlikelyBegin.test(begin)) (await import("../other-formats.js")).refuseOtherText(name, begin);
  const text = await decodePieces(bytes, name);
  return readCsv(text, name, /\.tsv$/i.test(path), { quotes, header, each, most });
}

/** Returns a function that makes the paths of a metadata file relative to the dataset's folder. */
function pathsRelativeTo(file: string, columns: readonly string[]): (values: Row["values"]) => Row["values"] {
  const below = file.slice(0, file.lastIndexOf("/") + 1);
  const column = columnOf("image", columns);
  if (column === undefined)
    throw listError(
      file,
      'has no column "file_name"',
      undefined,
      `its columns are ${quoted(columns, 12) || "none"}; file_name is the path of a picture, relative to the folder of the metadata file`,
    );
  return (values) =>
    typeof values[column] === "string" ? { ...values, [column]: `${below}${values[column]}` } : values;
}

/** Adds the column "split" as the first one. For a single metadata file, the folders of the pictures give the splits. */
function withSplits(
  { files }: FoundLists,
  rows: readonly Row[],
  all: ReadonlySet<string>,
): { readonly columns: readonly string[]; readonly rows: readonly Row[] } {
  const columns = [...all];
  const divided = { columns: ["split", ...columns.filter((column) => column !== "split")], rows };
  if (files.some(({ part }) => part !== undefined)) return divided;
  const image = columnOf("image", columns)!;
  const parts = rows.map(({ values }) =>
    partNames.get(
      String(values[image] ?? "")
        .split("/")[0]!
        .toLowerCase(),
    ),
  );
  if (splitColumnOf({ columns }) !== undefined || parts.includes(undefined)) return { columns, rows };
  return {
    ...divided,
    rows: rows.map((row, i) => ({ ...row, values: { ...row.values, split: parts[i] } })),
  };
}

/** Returns a warning about pictures that no metadata file names. */
async function warnUnlistedPictures(
  { files }: Platform,
  { folder, files: lists }: FoundLists,
  rows: readonly Row[],
): Promise<Warning[]> {
  const { picturesBelow } = await import("../images/find-images.js");
  const known = new Set<unknown>();
  for (const { values } of rows)
    for (const value of Object.values(values))
      if (typeof value === "string") known.add(files.resolve(folder, value));
  const below = await picturesBelow(files, folder, []);
  const missing = below.filter(({ path }) => !known.has(path)).map(({ id }) => id);
  if (missing.length === 0) return [];
  const inLists = quoted(lists.map(({ name }) => name));
  const values = { pictures: missing.length, lists: inLists, ...firstNames(missing) };
  return [warningText("pictures_without_row", message("pictures-without-row", values))];
}
