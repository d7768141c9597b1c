import { EngraftError } from "../../core/errors.js";
import type { Platform } from "../../platform/platform.js";
import { listLimit, readJsonLines } from "../images/listed-images.js";
import { byCodePoint, listName, partNames, type Warning } from "../split/found.js";
import { partFiles } from "../split/part-files.js";
import { decodeTexts } from "../tables/list-bytes.js";
import type { Quotes } from "../tables/quotes.js";

/** A row of texts: where it is, and its values by column. */
export interface TextRow {
  /** Missing for a file that is one text. */
  readonly line?: number;
  /** The file of a folder that it is from. */
  readonly file?: string;
  readonly values: Readonly<Record<string, unknown>>;
}

export interface TextTable {
  readonly columns: readonly string[];
  readonly rows: readonly TextRow[];
  readonly warnings?: readonly Warning[];
}

type Files = Platform["files"];

/** A file that is one text is at most so large, bytes. */
const largestText = 2 ** 22;

/**
 * The rows of a CSV, TSV or JSONL file of texts.
 * @param each given the columns: takes the rows one by one; those of a CSV or TSV are not kept then, so that `rows` is empty
 * @throws DataError with the line
 */
export async function readTextTable(
  files: Files,
  path: string,
  each?: (columns: readonly string[]) => (row: TextRow) => void,
  quotes?: Quotes,
): Promise<TextTable> {
  const name = files.relative(files.dirname(path), path);
  if (!listName.test(path)) await (await import("../other-formats.js")).refuseOtherFormats(files, path);
  const text = await decodeTexts(await files.read(path, { limit: listLimit }), name);
  if (/\.(jsonl|ndjson)$/i.test(path)) {
    const table = readJsonLines(text, name);
    const take = each?.(table.columns);
    if (take) for (const row of table.rows) take(row);
    return table;
  }
  const { readCsv } = await import("../tables/csv.js");
  return readCsv(text, name, /\.tsv$/i.test(path), { quotes, header: "text,label", ...(each && { each }) });
}

/**
 * The texts of a folder: `train.*` with `valid.*`, `dev.*`, `test.*` beside it, or `<class>/*.txt`, or
 * `<part>/<class>/*.txt`. @throws DataError when it has none of these
 */
export async function readTextFolder(files: Files, folder: string, quotes?: Quotes): Promise<TextTable> {
  const parts = await partFiles(files, folder, listName);
  if (parts.length > 0) {
    const columns = new Set<string>();
    const rows: TextRow[] = [];
    const warnings: Warning[] = [];
    for (const { name, part } of parts) {
      const table = await readTextTable(files, files.join(folder, name), undefined, quotes);
      warnings.push(...(table.warnings ?? []));
      for (const column of table.columns) columns.add(column);
      for (const { line, values } of table.rows)
        rows.push({ ...(line !== undefined && { line }), file: name, values: { ...values, split: part } });
    }
    return { columns: [...new Set([...columns, "split"])], rows, warnings };
  }
  const rows = await classFolders(files, folder, "");
  if (rows.length === 0)
    throw new EngraftError("DataError", `the folder "${folder}" holds no texts with classes`, {
      help: "give <class>/*.txt, the same in train/ and test/, one list with text,label, or train.csv with test.csv beside it",
    });
  const divided = rows.some(({ values }) => values.split !== undefined);
  return { columns: ["text", "label", ...(divided ? ["split"] : [])], rows };
}

/** `<class>/*.txt`, within the folders of parts as well. */
async function classFolders(files: Files, folder: string, below: string, part?: string): Promise<TextRow[]> {
  const rows: TextRow[] = [];
  const entries = [...(await files.list(folder))]
    .filter(({ name, kind }) => kind === "folder" && !name.startsWith("."))
    .sort((a, b) => byCodePoint(a.name, b.name));
  const top = part === undefined && below === "";
  const allParts = entries.every(({ name }) => partNames.has(name.toLowerCase()));
  for (const { name } of entries) {
    const inner = files.join(folder, name);
    // ExtraTrainings other classes a folder called "test" may be one, if it holds texts and no folders.
    const as =
      top && (allParts || (await holdsFolders(files, inner))) ? partNames.get(name.toLowerCase()) : undefined;
    if (as !== undefined) {
      rows.push(...(await classFolders(files, inner, `${name}/`, as)));
      continue;
    }
    const texts = [...(await files.list(inner))].filter((e) => e.kind !== "folder" && /\.txt$/i.test(e.name));
    for (const one of texts.sort((a, b) => byCodePoint(a.name, b.name))) {
      const id = `${below}${name}/${one.name}`;
      const bytes = await files.read(files.join(inner, one.name), { limit: largestText });
      const text = (await decodeTexts(bytes, id)).replace(/^\uFEFF/, "").trim();
      const values = { text, label: name, ...(part !== undefined && { split: part }) };
      rows.push({ file: id, values });
    }
  }
  return rows;
}

const holdsFolders = async (files: Files, folder: string): Promise<boolean> =>
  (await files.list(folder)).some(({ name, kind }) => kind === "folder" && !name.startsWith("."));

/** Does a folder hold `<class>/*.txt`? Looks at the first few files of it. */
export async function holdsTexts(files: Files, folder: string, depth = 2): Promise<boolean> {
  for (const { name, kind } of (await files.list(folder)).slice(0, 50)) {
    if (kind !== "folder" || name.startsWith(".")) continue;
    const inner = files.join(folder, name);
    if ((await files.list(inner)).some((e) => e.kind !== "folder" && /\.txt$/i.test(e.name))) return true;
    if (depth > 1 && partNames.has(name.toLowerCase()) && (await holdsTexts(files, inner, 1))) return true;
  }
  return false;
}
