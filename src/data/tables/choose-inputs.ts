import { EngraftError } from "../../core/errors.js";
import type { SampleWords } from "../../core/modalities.js";
import type { NamedReason } from "../../core/results/task.js";
import type { Platform } from "../../platform/platform.js";
import { isMissing } from "../column.js";
import type { Scanned } from "../images/scanned.js";
import { columnOf, imageColumnOf, pictureOf, type Row, splitColumnOf, textOf } from "../lists/columns.js";
import { listError } from "../lists/list-bytes.js";
import type { ListFile } from "../lists/read-list.js";
import { quoted, type Warning } from "../split/found.js";
import { sourcesOf } from "./dates.js";
import {
  type ColumnOptions,
  chooseColumns,
  type TableColumn,
  valuesOfRow,
  withReasons,
  wordsOf,
} from "./table-columns.js";

/** The name that stands for all columns of numbers and categories. */
export const otherColumns = "columns";

/** Fewest words of a text, in the mean. A category of fewer words is one-hot encoded. */
const fewestWords = 3;

/** True for a column of numbers or categories. Pictures and texts are inputs of their own. */
export const isEncoded = ({ kind }: TableColumn): boolean => kind === "number" || kind === "category";

type Own = TableColumn & { readonly kind: SampleWords<"image" | "text">["one"] };

/**
 * Chooses the inputs of rows that have inputs of several kinds: a picture, a text, and columns of numbers and categories.
 * @param options.inputs columns, or the words image, text and columns; none: all that are found
 * @throws OptionError for an unknown name, two pictures or two texts, or inputs of one kind; DataError for an input without a value
 */
export function chooseInputs(
  list: ListFile,
  targets: readonly string[],
  options: ColumnOptions & { readonly inputs: readonly string[] },
  warnings: Warning[],
): { readonly columns: readonly TableColumn[]; readonly unused: readonly NamedReason[] } {
  const { inputs, ignore = [], categories = [], groupFrom = "" } = options;
  const pictures = list.columns.filter((name) => holdsPictures(list, name));
  const text = columnOf("text", list.columns) ?? "";
  const apart = [...targets, ...pictures, text, splitColumnOf(list), groupFrom, ...ignore];
  const words = {
    image: pictures.slice(0, 1),
    text: text === "" ? [] : [text],
    [otherColumns]: list.columns.filter((name) => !apart.includes(name)),
  };
  const chosen = [
    ...new Set(
      inputs.length > 0
        ? inputs.flatMap((one) => columnsOf(one, list, targets, words))
        : Object.values(words).flat(),
    ),
  ];
  const isOwn = {
    picture: (name: string) => pictures.includes(name),
    text: (name: string) =>
      name === text || (inputs.includes(name) && !categories.includes(name) && isText(list, name)),
  };
  const own = (["picture", "text"] as const).flatMap((kind) =>
    chosen.filter(isOwn[kind]).map((name): Own => ({ name, kind })),
  );
  requireOneOfEach(own);
  requireValues(list, own, chosen);
  const others = chosen.filter((name) => own.every((one) => one.name !== name));
  const named = inputs.length > 0 ? inputs : [...own.map(({ name }) => name), otherColumns];
  const besideText = own.some(({ kind }) => kind === "text") ? [] : named;
  const left = list.columns.filter((name) => !others.includes(name));
  const encoded =
    others.length === 0
      ? { columns: [], unused: [] }
      : chooseColumns(list, targets, { ...options, ignore: left, besideText, mayBeNone: true }, warnings);
  const columns = [...own, ...encoded.columns];
  const unused = encoded.unused.filter(({ message }) => message?.code !== "column-ignored");
  if (own.length + Math.min(1, encoded.columns.length) < 2)
    throw refusal(
      `the inputs are of one kind: ${quoted(columns.map(({ name }) => name))}${unused.length > 0 ? `; left out: ${withReasons(unused)}` : ""}`,
      "name columns of two kinds (a picture, a text, other columns), or leave --inputs and --task out",
    );
  return { columns, unused };
}

const refusal = (what: string, help: string): EngraftError =>
  new EngraftError("OptionError", what, { help, details: { option: "inputs" } });

/** Returns the columns that an input names. @throws OptionError for none, and for the target */
function columnsOf(
  input: string,
  list: ListFile,
  targets: readonly string[],
  words: Readonly<Record<string, readonly string[]>>,
): readonly string[] {
  const found = list.columns.filter((name) => sourcesOf(name).includes(input) || name === input);
  const chosen = found.length > 0 ? found : (words[input] ?? []);
  if (chosen.some((name) => targets.includes(name)))
    throw refusal(
      `the input ${JSON.stringify(input)} is the target`,
      "leave it out, or name another --target",
    );
  if (chosen.length > 0) return chosen;
  const columns = list.columns.filter((name) => !targets.includes(name));
  throw refusal(
    `${JSON.stringify(list.name)} has no input ${JSON.stringify(input)}`,
    `name columns of the list: ${quoted(columns, 12)}; image, text and columns stand for those that are found`,
  );
}

/** @throws OptionError for two pictures or two texts */
function requireOneOfEach(own: readonly Own[]): void {
  for (const kind of ["picture", "text"] as const) {
    const names = own.filter((one) => one.kind === kind).map(({ name }) => name);
    if (names.length > 1)
      throw refusal(
        `${names.length} columns of ${kind}s are inputs: ${quoted(names)}`,
        kind === "text"
          ? `one is possible: join their texts in one column, or make one a category: --categories ${names[1]}`
          : "one is possible: name one of them in --inputs",
      );
  }
}

/** @throws DataError for an input that no row has */
function requireValues(list: ListFile, own: readonly Own[], chosen: readonly string[]): void {
  for (const { name } of own)
    if (list.rows.every((row) => isEmpty(row.values[name])))
      throw listError(
        list.name,
        `has no value of the input ${JSON.stringify(name)} in any row`,
        undefined,
        `fill the column, or leave it out: --inputs ${chosen.filter((one) => one !== name).join(",")}`,
      );
}

/** True for a missing picture or text. */
export const isEmpty = (value: unknown): boolean =>
  value === undefined || value === null || (typeof value === "string" && value.trim() === "");

/** True for a column of pictures. Cells may be empty. */
function holdsPictures({ rows }: ListFile, name: string): boolean {
  const present = rows.filter(({ values }) => !isEmpty(values[name]));
  const found =
    present.length > 0 ? imageColumnOf({ columns: [name], rows: present }) : columnOf("image", [name]);
  return found === name;
}

/** True for a column of words. A few different values of few words are categories. */
function isText(list: ListFile, name: string): boolean {
  const cells = list.rows.map((row) => textOf(row, name, list)).filter((cell) => !isMissing(cell));
  return cells.length > 0 && wordsOf(cells) >= fewestWords;
}

/** Returns a function that reads a cell of a row. A picture's is the absolute path of its file. */
export const cellReader =
  ({ files }: Pick<Platform, "files">, list: Pick<ListFile, "name" | "folder">) =>
  (row: Row, { name, kind }: TableColumn): string =>
    kind === "picture" ? (pictureOf(files, row, name, list)?.path ?? "") : textOf(row, name, list);

/** The scan result of each picture, by path. */
export type ScannedPaths = ReadonlyMap<string, Scanned>;

/** Decodes pictures once. Empty paths are missing pictures. @param root of the data, for the cache. Missing: nothing is cached */
export async function scanPaths(
  platform: Platform,
  paths: readonly string[],
  { root, signal }: { readonly root?: string; readonly signal?: AbortSignal | undefined } = {},
): Promise<ScannedPaths> {
  const distinct = [...new Set(paths)].filter((path) => path !== "");
  if (distinct.length === 0) return new Map();
  // Loaded on demand: few tables have pictures.
  const { scanPictures } = await import("../images/scan.js");
  const scanned = await scanPictures(
    distinct.map((path) => ({ path })),
    { platform, root: root ?? "", cache: root !== undefined, ...(signal && { signal }) },
  );
  return new Map(distinct.map((path, i) => [path, scanned[i]!]));
}

/** Returns why a picture cannot be read; undefined if it can be, or is missing. */
export function pictureProblem(path: string, scanned: ScannedPaths): string | undefined {
  const found = scanned.get(path);
  if (!found || !("reason" in found)) return undefined;
  const name = JSON.stringify(path.split(/[\\/]/).at(-1));
  return found.missing ? `there is no picture ${name}` : `cannot read the picture ${name}: ${found.reason}`;
}

type RowWithCells = { readonly cells: readonly string[] };

/** Returns the rows whose picture can be read, or is missing; the others by their id, with the reason. */
export async function rowsWithPictures<Row extends RowWithCells & { readonly id: string }>(
  platform: Platform,
  columns: readonly TableColumn[],
  rows: readonly Row[],
  how: Parameters<typeof scanPaths>[2],
): Promise<{
  readonly rows: readonly Row[];
  readonly lost: readonly { readonly item: string; readonly reason: string }[];
  readonly scanned: ScannedPaths;
}> {
  const place = columns.findIndex(({ kind }) => kind === "picture");
  const pathOf = ({ cells }: Row): string => cells[place] ?? "";
  const scanned = await scanPaths(platform, rows.map(pathOf), how);
  const lost = rows.flatMap((row) => {
    const reason = pictureProblem(pathOf(row), scanned);
    return reason === undefined ? [] : [{ item: row.id, reason }];
  });
  const ids = new Set(lost.map(({ item }) => item));
  return { rows: rows.filter(({ id }) => !ids.has(id)), lost, scanned };
}

/** Hashes of a row with the content of a picture in place of its path. */
interface RowHash {
  /** Of its values: "25.0" is 25. */
  readonly sha256: string;
  /** Of its cells as they are spelt. */
  readonly spelt: string;
  /** Of the content of its picture: undefined for a row without one. */
  readonly picture: string | undefined;
}

/** Returns the hashes of each row. */
export async function hashRows(
  platform: Pick<Platform, "sha256">,
  columns: readonly TableColumn[],
  rows: readonly RowWithCells[],
  scanned: ScannedPaths,
): Promise<readonly RowHash[]> {
  const place = columns.findIndex(({ kind }) => kind === "picture");
  const hashes: RowHash[] = [];
  // One after the other: the texts of all rows at once take as much memory as the file.
  for (const row of rows) {
    const found = scanned.get(row.cells[place] ?? "");
    const picture = found && "sha256" in found ? found.sha256 : undefined;
    const cells = row.cells.map((cell, i) => (i === place ? (picture ?? "") : cell));
    const [values, text] = [valuesOfRow(cells, columns), JSON.stringify(cells)];
    const sha256 = await platform.sha256(values);
    hashes.push({ sha256, spelt: text === values ? sha256 : await platform.sha256(text), picture });
  }
  return hashes;
}
