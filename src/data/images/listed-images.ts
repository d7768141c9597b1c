import { messageOf } from "../../core/errors.js";
import type { Part } from "../../core/events/events.js";
import type { Files } from "../../platform/platform.js";
import { type Found, type FoundPicture, listName, partNames, quoted } from "../split/found.js";
import type { Row, Table } from "../tables/csv.js";
import { decodeTexts, problem } from "../tables/list-bytes.js";
import type { Quotes } from "../tables/quotes.js";

/** Other names of the columns, in lower case, best first. */
export const synonyms = {
  image: ["image", "file", "filename", "file_name", "path", "filepath", "image_path", "picture", "img"],
  label: ["label", "class", "category", "target", "class_name"],
  split: ["split", "part", "subset", "partition"],
  group: ["group", "group_id", "source", "person", "subject", "patient", "burst"],
} as const;

export interface ListOptions {
  readonly quotes?: Quotes;
  readonly imageColumn?: string;
  readonly labelColumn?: string;
  /** A column that holds the group of each picture, or a pattern, which is not read here. */
  readonly groupFrom?: string;
}

/** The longest list that is read, in bytes: 256 MiB, some millions of lines. */
export const listLimit = 2 ** 28;

/**
 * Pictures named in a CSV, TSV or JSONL file with `image, label[, split]`. Paths are relative to the file's
 * folder and must stay inside; absolute paths are allowed.
 *
 * @throws DataError with the line number
 */
export async function listedImages(files: Files, list: string, options: ListOptions = {}): Promise<Found> {
  const { name, columns, rows, warnings = [] } = await readList(files, list, options);
  if (rows.length === 0)
    throw problem(name, "has no lines with pictures", undefined, "add one line a picture");
  const image = column("image", columns, name, options.imageColumn);
  const label = column("label", columns, name, options.labelColumn);
  const split = columns.find((one) => (synonyms.split as readonly string[]).includes(one.toLowerCase()));

  const { groupColumnOf } = await import("../split/named-groups.js");
  const group = groupColumnOf(columns, options.groupFrom, synonyms.group);

  const folder = files.dirname(list);
  const skipped: { item: string; reason: string }[] = [];
  const pictures = new Map<string, FoundPicture>();
  const conflicts: string[] = [];
  for (const { line, values } of rows) {
    const where = asText(values[image], name, line, image);
    const what = asText(values[label], name, line, label).normalize("NFC");
    if (where === "" || what === "") {
      skipped.push({
        item: `${name}, line ${line}`,
        reason: where === "" ? "names no picture" : "has no label",
      });
      continue;
    }
    const { path, id } = resolvePath(files, folder, where, name, line);
    const given =
      split === undefined ? undefined : partOf(asText(values[split], name, line, split), name, line);
    const before = pictures.get(path);
    const whose = group === undefined ? "" : asText(values[group], name, line, group);
    if (before === undefined)
      pictures.set(path, { id, path, label: what, given, ...(whose !== "" && { group: whose }) });
    else if (before.label !== what || before.given !== given) conflicts.push(id);
    else skipped.push({ item: `${name}, line ${line}`, reason: `names ${JSON.stringify(id)} again` });
  }
  if (conflicts.length > 0)
    throw problem(
      name,
      `gives ${conflicts.length === 1 ? "one picture" : `${conflicts.length} pictures`} two labels or parts: ${quoted(conflicts)}`,
      undefined,
      "a picture has one label here: keep one of its lines",
    );
  return {
    pictures: [...pictures.values()],
    skipped,
    ignored: { hidden: 0, notPictures: 0 },
    warnings,
    ...(group !== undefined && { groupColumn: group }),
    list: name,
  };
}

export interface ReadOptions {
  /** Lines that are read. Default: all. */
  readonly most?: number;
  /** How quotes of a CSV or TSV are read. Default: decided by the file. */
  readonly quotes?: Quotes | undefined;
}

/** Reads the lines of a CSV, TSV or JSONL file. @throws DataError with the line number */
export async function readList(
  files: Files,
  list: string,
  { most, quotes }: ReadOptions = {},
): Promise<ListFile> {
  const name = files.relative(files.dirname(list), list);
  if (!listName.test(list)) await (await import("../other-formats.js")).refuseOtherFormats(files, list);
  const text = await decodeTexts(await files.read(list, { limit: listLimit }), name);
  const table = /\.(jsonl|ndjson)$/i.test(list)
    ? readJsonLines(text, name, most)
    : // Loaded where it is needed: a page mostly has folders.
      (await import("../tables/csv.js")).readCsv(text, name, /\.tsv$/i.test(list), {
        quotes,
        ...(most !== undefined && { most }),
      });
  return { name, ...table };
}

/** A list as it was read, and how messages call it. */
export interface ListFile extends Table {
  readonly name: string;
}

export function readJsonLines(text: string, name: string, most?: number): Table {
  const rows: Row[] = [];
  const columns = new Set<string>();
  if (/^\s*\[/.test(text))
    throw problem(
      name,
      "is not a JSON object, but begins a list",
      1,
      'write one object a line, in pandas to_json(FILE, orient="records", lines=True)',
    );
  let line = 0;
  for (const one of text.split(/\r?\n/, most)) {
    line++;
    if (one.trim() === "") continue;
    let values: unknown;
    try {
      values = JSON.parse(one);
    } catch (error) {
      throw problem(name, `is not JSON: ${messageOf(error)}`, line, "write one JSON object a line", error);
    }
    if (typeof values !== "object" || values === null || Array.isArray(values))
      throw problem(
        name,
        "is not a JSON object",
        line,
        'write one object a line: {"image":"a.jpg","label":"cat"}',
      );
    for (const key of Object.keys(values)) columns.add(key);
    rows.push({ line, values: values as Record<string, unknown> });
  }
  return { columns: [...columns], rows };
}

function column(
  what: "image" | "label",
  columns: readonly string[],
  name: string,
  chosen: string | undefined,
): string {
  const wanted = chosen === undefined ? synonyms[what] : [chosen.toLowerCase()];
  for (const one of wanted) {
    const found = columns.find((column) => column.toLowerCase() === one);
    if (found !== undefined) return found;
  }
  throw problem(
    name,
    chosen === undefined ? `has no column for the ${what}` : `has no column ${JSON.stringify(chosen)}`,
    undefined,
    `its columns are ${quoted(columns, 12) || "none"}; name one of them ${quoted([...synonyms[what].slice(0, 3)])}, or choose it with the option ${what}Column`,
  );
}

export function asText(value: unknown, name: string, line: number, column: string): string {
  if (value === undefined || value === null) return "";
  if (typeof value === "string") return value.trim();
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  throw problem(
    name,
    `has a list or an object in ${JSON.stringify(column)}`,
    line,
    "give one value; several labels an item are learnt with --task multi-label",
  );
}

export function partOf(value: string, name: string, line: number): Part {
  const part = partNames.get(value.toLowerCase());
  if (part === undefined)
    throw problem(name, `has the split ${JSON.stringify(value)}`, line, 'use "train", "val" or "test"');
  return part;
}

export function resolvePath(
  files: Files,
  folder: string,
  where: string,
  name: string,
  line: number,
): { readonly path: string; readonly id: string } {
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(where))
    throw problem(name, `names a web address: ${JSON.stringify(where)}`, line, "download the pictures first");
  if (where.includes("\0")) throw problem(name, "has a zero character in a path", line, "check the file");
  // Lists written on Windows.
  const portable = files.isAbsolute(where) ? where : where.replaceAll("\\", "/");
  const path = files.resolve(folder, portable);
  const id = files.relative(folder, path);
  const leaves = id === ".." || id.startsWith("../");
  if (leaves && !files.isAbsolute(where))
    throw problem(
      name,
      `names a picture outside its folder: ${JSON.stringify(where)}`,
      line,
      "paths are relative to the list's folder; use absolute paths for pictures elsewhere",
    );
  return { path, id: (leaves ? path : id).normalize("NFC") };
}
