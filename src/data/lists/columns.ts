import type { Part } from "../../core/events/events.js";
import type { Files } from "../../platform/platform.js";
import { partNames } from "../split/found.js";
import { problem } from "./list-bytes.js";

/** One row of a list: its values by column name. */
export interface Row {
  /** Where it begins: a line of a text file, a row of a Parquet file or of a JSON document, from 1 on. */
  readonly line?: number;
  /** The file of a folder that it is from. */
  readonly file?: string;
  readonly values: Readonly<Record<string, unknown>>;
}

/** Names of classes that a column holds as whole numbers from 0 on. */
export interface ColumnNames {
  readonly names: readonly string[];
  /** For messages: who gives them. */
  readonly from: string;
}

export type NamesByColumn = ReadonlyMap<string, ColumnNames>;

/** Given the columns, and the names of classes that the file itself gives: takes the rows one by one. */
export type Each = (columns: readonly string[], names?: NamesByColumn) => (row: Row) => void;

/** Other names of the columns, in lower case, best first. */
export const synonyms = {
  image: ["image", "file", "filename", "file_name", "path", "filepath", "image_path", "picture", "img"],
  text: ["text", "sentence", "review", "review_text", "content", "comment", "message", "body"],
  label: ["label", "class", "category", "target", "sentiment", "class_name", "labels", "fine_label"],
  split: ["split", "part", "subset", "partition"],
  group: ["group", "group_id", "source", "person", "subject", "patient", "burst"],
} as const;

/** The column that has a name of that kind, if there is one. */
export function columnOf(what: keyof typeof synonyms, columns: readonly string[]): string | undefined {
  for (const one of synonyms[what]) {
    const found = columns.find((column) => column.toLowerCase() === one);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The column that says which split a row is in: the first one of such a name. */
export const splitColumnOf = ({ columns }: { readonly columns: readonly string[] }): string | undefined =>
  columns.find((name) => (synonyms.split as readonly string[]).includes(name.toLowerCase()));

/** A picture that a list holds itself, unpacked to a file. */
export class PictureFile {
  constructor(
    readonly path: string,
    /** The list and a name within it: the same on every machine. */
    readonly id: string,
  ) {}
}

const pictureEnding = /\.(jpe?g|jfif|jpe|png|webp|gif|bmp|dib|tiff?|avif)$/i;

/** The column that names or holds pictures: by its name, or because its values end like pictures; undefined without one. */
export function imageColumnOf(
  { columns, rows }: { readonly columns: readonly string[]; readonly rows: readonly Row[] },
  chosen?: string,
): string | undefined {
  if (chosen !== undefined) return columns.find((c) => c.toLowerCase() === chosen.toLowerCase());
  const some = rows.slice(0, 100);
  const isPlace = (value: unknown): boolean => typeof value === "string" || value instanceof PictureFile;
  const byName = columnOf("image", columns);
  if (byName !== undefined && some.some(({ values }) => isPlace(values[byName]))) return byName;
  const holds = (value: unknown): boolean =>
    value instanceof PictureFile || (typeof value === "string" && pictureEnding.test(value));
  return columns.find((c) => some.length > 0 && some.every(({ values }) => holds(values[c])));
}

/** A value as text; "" for none. @throws DataError for lists, objects and pictures */
export function asText(value: unknown, name: string, line: number | undefined, column: string): string {
  if (value === undefined || value === null) return "";
  if (typeof value === "string") return value.trim();
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  if (value instanceof PictureFile)
    throw problem(name, `holds pictures in ${JSON.stringify(column)}`, line, "choose another column");
  throw problem(
    name,
    `has a list or an object in ${JSON.stringify(column)}`,
    line,
    "give one value; several labels an item are learnt with --task multi-label",
  );
}

/** A cell as text, with its place in messages. */
export const textOf = (
  { values, line, file }: Row,
  column: string,
  list: { readonly name: string },
): string => asText(values[column], file ?? list.name, line, column);

/** The split that a row names, if the list has a column of them. @throws DataError for a word that names none */
export function givenPart(
  row: Row,
  split: string | undefined,
  list: { readonly name: string },
): Part | undefined {
  if (split === undefined) return undefined;
  const value = textOf(row, split, list);
  const part = partNames.get(value.toLowerCase());
  if (part === undefined)
    throw problem(
      row.file ?? list.name,
      `has the split ${JSON.stringify(value)}`,
      row.line,
      'use "train", "val" or "test"',
    );
  return part;
}

/**
 * The file and the id of a row's picture; undefined where the row names none.
 * @param list.folder what relative paths are relative to @throws DataError for a web address and for a path outside the folder
 */
export function pictureOf(
  files: Files,
  row: Row,
  column: string,
  list: { readonly name: string; readonly folder: string },
): { readonly path: string; readonly id: string } | undefined {
  const value = row.values[column];
  if (value instanceof PictureFile) return value;
  const where = textOf(row, column, list);
  if (where === "") return undefined;
  const refuse = (what: string, help: string) => problem(row.file ?? list.name, what, row.line, help);
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(where))
    throw refuse(`names a web address: ${JSON.stringify(where)}`, "download the pictures first");
  if (where.includes("\0")) throw refuse("has a zero character in a path", "check the file");
  // Lists written on Windows.
  const portable = files.isAbsolute(where) ? where : where.replaceAll("\\", "/");
  const path = files.resolve(list.folder, portable);
  const id = files.relative(list.folder, path);
  const leaves = id === ".." || id.startsWith("../");
  if (leaves && !files.isAbsolute(where))
    throw refuse(
      `names a picture outside its folder: ${JSON.stringify(where)}`,
      "paths are relative to the list's folder; use absolute paths for pictures elsewhere",
    );
  return { path, id: (leaves ? path : id).normalize("NFC") };
}
