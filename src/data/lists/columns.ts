import type { Part } from "../../core/events/events.js";
import type { Files } from "../../platform/platform.js";
import { Column } from "../column.js";
import { partNames, partWithin } from "../split/found.js";
import { listError } from "./list-bytes.js";

/** One row of a list: its values by column name. */
export interface Row {
  /** First line in a text file, or row number in a Parquet file or JSON document; counted from 1. */
  readonly line?: number;
  /** Source file of a row from a folder. */
  readonly file?: string;
  readonly values: Readonly<Record<string, unknown>>;
  /** Missing: the list is not divided by time. */
  readonly moment?: Moment;
}

/** When a row was, among the rows of a list that is divided by time. */
export interface Moment {
  /** Rank of its time: 0 for the earliest of the list. Rows of one time have the same. */
  readonly time: number;
  /** Latest time whose targets are known then; -1 if none is. A gap makes it earlier. */
  readonly known: number;
}

/** Names of the classes 0, 1, 2 … of a column. */
export interface ColumnNames {
  readonly names: readonly string[];
  /** Source of the names, for messages. */
  readonly from: string;
}

export type NamesByColumn = ReadonlyMap<string, ColumnNames>;

/** A value that readers take as a list of labels: ["a","b"] in JSON, ['a', 'b'] or {'a', 'b'} of Python, {a,b} of PostgreSQL. */
export const labelList = /^\s*(\[.*\]|\{.*\}|set\(\))\s*$/s;

/** Receives the columns and the file's class names, and returns the function that receives the rows. */
export type OpenRows = (columns: readonly string[], names?: NamesByColumn) => (row: Row) => void;

/** Column with the name of a text for warnings and reports, in place of its file and line. The studio writes it. */
export const nameColumn = "engraft_name";

/** Other names of the columns, in lower case, best first. */
export const synonyms = {
  image: ["image", "file", "filename", "file_name", "path", "filepath", "image_path", "picture", "img"],
  audio: ["audio", "file_name", "filename", "file", "path", "filepath", "audio_path", "clip", "sound", "wav"],
  text: [
    ...["text", "sentence", "review", "review_text", "content", "comment", "message", "body"],
    ...["comment_text", "review_body", "tweet", "phrase", "utterance"],
  ],
  label: ["label", "class", "category", "target", "sentiment", "class_name", "labels", "fine_label"],
  split: ["split", "part", "subset", "partition"],
  group: [
    ...["group", "group_id", "source", "person", "subject", "patient", "burst"],
    ...["speaker", "speaker_id", "client_id", "src_file", "recording"],
  ],
} as const;

/** Returns the first column with a synonym of a name, if there is one. */
export function columnOf(what: keyof typeof synonyms, columns: readonly string[]): string | undefined {
  for (const one of synonyms[what]) {
    const found = columns.find((column) => column.toLowerCase() === one);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Returns the column of splits, if there is one. */
export const splitColumnOf = ({ columns }: { readonly columns: readonly string[] }): string | undefined =>
  columns.find((name) => (synonyms.split as readonly string[]).includes(name.toLowerCase()));

/** A picture embedded in a list, unpacked to a file. */
export class PictureFile {
  constructor(
    readonly path: string,
    /** `list/name`, the same on every machine. */
    readonly id: string,
  ) {}
}

export const pictureEnding = /\.(jpe?g|jfif|jpe|png|webp|gif|bmp|dib|tiff?|avif)$/i;

/** Returns the column of pictures, found by its name or by the file endings of its values. */
export function imageColumnOf(
  { columns, rows }: { readonly columns: readonly string[]; readonly rows: readonly Row[] },
  chosen?: string,
): string | undefined {
  if (chosen !== undefined) return columns.find((c) => c.toLowerCase() === chosen.toLowerCase());
  const head = rows.slice(0, 100);
  const isPlace = (value: unknown): boolean => typeof value === "string" || value instanceof PictureFile;
  const byName = columnOf("image", columns);
  if (byName !== undefined && head.some(({ values }) => isPlace(values[byName]))) return byName;
  const holds = (value: unknown): boolean =>
    value instanceof PictureFile || (typeof value === "string" && pictureEnding.test(value));
  return columns.find((c) => head.length > 0 && head.every(({ values }) => holds(values[c])));
}

/** Returns a value as text; "" for a missing value. @throws DataError for lists, objects and pictures */
export function asText(value: unknown, name: string, line: number | undefined, column: string): string {
  if (value === undefined || value === null) return "";
  if (typeof value === "string") return value.trim();
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  if (value instanceof PictureFile)
    throw listError(name, `holds pictures in ${JSON.stringify(column)}`, line, "choose another column");
  throw listError(
    name,
    `has a list or an object in ${JSON.stringify(column)}`,
    line,
    "give one value; several labels an item are learnt with --task multi-label",
  );
}

/** Returns a cell as text. @throws DataError with file and line for lists, objects and pictures */
export const textOf = (
  { values, line, file }: Row,
  column: string,
  list: { readonly name: string },
): string => asText(values[column], file ?? list.name, line, column);

/** Returns a column of a list. @throws DataError as {@link textOf} */
export const readColumn = (
  list: { readonly name: string; readonly rows: readonly Row[] },
  column: string,
): Column =>
  new Column(
    column,
    list.rows.map((row) => textOf(row, column, list)),
  );

/** Returns the split of a row, if the list has a column of splits. @throws DataError for an unknown name */
export function givenPart(
  row: Row,
  split: string | undefined,
  list: { readonly name: string },
): Part | undefined {
  if (split === undefined) return undefined;
  const value = textOf(row, split, list);
  const part = partNames.get(value.toLowerCase());
  if (part === undefined)
    throw listError(
      row.file ?? list.name,
      `has the split ${JSON.stringify(value)}`,
      row.line,
      'use "train", "val" or "test"',
    );
  return part;
}

/**
 * Returns path and id of the file that a row names, by default a picture; undefined if the row names none.
 * @param list.folder base of relative paths
 * @throws DataError for a web address, and for a relative path outside the folder
 */
export function pictureOf(
  files: Files,
  row: Row,
  column: string,
  list: { readonly name: string; readonly folder: string },
  unit = "picture",
): { readonly path: string; readonly id: string } | undefined {
  const value = row.values[column];
  if (value instanceof PictureFile) return value;
  const where = textOf(row, column, list);
  if (where === "") return undefined;
  const refuse = (what: string, help: string) => listError(row.file ?? list.name, what, row.line, help);
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(where))
    throw refuse(`names a web address: ${JSON.stringify(where)}`, `download the ${unit}s first`);
  if (where.includes("\0")) throw refuse("has a zero character in a path", "check the file");
  // Lists written on Windows use backslashes.
  const portable = files.isAbsolute(where) ? where : where.replaceAll("\\", "/");
  const path = files.resolve(list.folder, portable);
  const id = files.relative(list.folder, path);
  const leaves = id === ".." || id.startsWith("../");
  if (leaves && !files.isAbsolute(where))
    throw refuse(
      `names a ${unit} outside its folder: ${JSON.stringify(where)}`,
      `paths are relative to the list's folder; use absolute paths for ${unit}s elsewhere`,
    );
  return { path, id: (leaves ? path : id).normalize("NFC") };
}

/** Number of rows that decide. */
export const decidingRows = 2000;

/** A split that a list states in other columns than "split". */
export interface StatedSplit {
  readonly columns: readonly string[];
  /** Returns the split of a row, or the value that names none. */
  splitOf(values: Row["values"]): string;
}

/** Names of columns whose values may be splits: FER2013's "Usage", "dataset", "set_type". */
const splitName =
  /^(.*[ _-])?(set|subset|split|usage|phase|fold|ds|partition|sample)([ _-]?(type|name))?$|^data_?set$/i;
/** Columns of true and false, as fastai writes them. */
const flagName = /^is[ _]?(train(?:ing)?|valid(?:ation)?|val|test(?:ing)?)$/i;
const isTrue = /^(true|1|1\.0|yes|y|t)$/i;
const isFalse = /^(false|0|0\.0|no|n|f)$/i;

const textIn = (values: Row["values"], column: string): string => String(values[column] ?? "").trim();
const partOf = (text: string): Part | undefined => partNames.get(text.toLowerCase()) ?? partWithin(text);

/** True if most samples are to be learnt from. Other values only look like splits. */
function areSplits(parts: readonly (string | undefined)[]): boolean {
  const counts = new Map<string | undefined, number>();
  for (const part of parts) counts.set(part, (counts.get(part) ?? 0) + 1);
  const train = counts.get("train") ?? 0;
  return counts.size > 1 && !counts.has(undefined) && [...counts.values()].every((n) => n <= train);
}

/**
 * Returns the split that a list states under other names: in a column whose values are all names of splits, or in columns such as "is_valid".
 * @param rows the first {@link decidingRows} rows
 * @param but columns that are used for something else
 */
export function statedSplitOf(
  columns: readonly string[],
  rows: readonly Row[],
  but: readonly string[],
): StatedSplit | undefined {
  if (splitColumnOf({ columns }) !== undefined) return undefined;
  const named = columns.find(
    (column) =>
      splitName.test(column) &&
      !but.includes(column) &&
      areSplits(rows.map(({ values }) => partOf(textIn(values, column)))),
  );
  if (named !== undefined) {
    const splitOf = (values: Row["values"]): string => partOf(textIn(values, named)) ?? textIn(values, named);
    return { columns: [named], splitOf };
  }
  return statedByFlags(columns, rows, but);
}

function statedByFlags(
  columns: readonly string[],
  rows: readonly Row[],
  but: readonly string[],
): StatedSplit | undefined {
  const isLearnt = (column: string): boolean =>
    but.includes(column) ||
    // The last column of a table may be the target, and a mark may be valid.
    (/val/i.test(column) && column === columns.at(-1) && columnOf("label", columns) === undefined);
  const flags = columns.filter(
    (column) =>
      flagName.test(column) &&
      !isLearnt(column) &&
      rows.every(({ values }) => [isTrue, isFalse].some((one) => one.test(textIn(values, column)))),
  );
  const wordOf = (column: string): Part => partNames.get(flagName.exec(column)![1]!.toLowerCase())!;
  const words = flags.map(wordOf);
  const splitOf = (values: Row["values"]): string => {
    const other = flags.find((column) => ![isTrue, isFalse].some((one) => one.test(textIn(values, column))));
    if (other !== undefined) return textIn(values, other);
    const set = words.filter((_, i) => isTrue.test(textIn(values, flags[i]!)));
    if (set.length > 1) return set.join(" and ");
    const rest = (["test", "validation"] as const).find((part) => !words.includes(part));
    return set[0] ?? (words.includes("train") ? (rest ?? "none") : "train");
  };
  const parts = rows.map(({ values }) => partNames.get(splitOf(values)));
  return flags.length > 0 && areSplits(parts) ? { columns: flags, splitOf } : undefined;
}
