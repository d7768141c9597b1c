// The files of the layouts that are read: class folders with `metadata.csv`, and lists. Node and a tab share this file.
import { EngraftError } from "../../core/errors.js";
import { soundName } from "../sounds/files/sound-format.js";
import { partNames } from "../split/found.js";
import { labelList, pictureEnding } from "./columns.js";

/** Layouts of data, with the name of their list. */
export const listNames = { folders: "metadata.csv", csv: "samples.csv", jsonl: "samples.jsonl" } as const;

/** Layout of written data: "folders" has a folder of files for each class and `metadata.csv`, the others have one list. */
export type Layout = keyof typeof listNames;

/**
 * A sample to write: its columns, such as `text`, `label`, `labels`, `group`, `split` or a number.
 * @typeParam Content content of a file
 */
export interface LayoutSample<Content> {
  /** Content of a picture or a sound. Its path becomes the column `file_name`. */
  readonly file?: Content;
  /** Name of `file`. Readers know a format by its ending. */
  readonly name?: string;
  readonly [column: string]: unknown;
}

/** A file of a layout: a content of a sample, or the list. Every system takes the names of its path, which has "/". */
export type LayoutFile<Content> =
  | { readonly path: string; readonly content: Content }
  | { readonly path: string; readonly list: string };

/**
 * Yields the files of the samples in their order, and the list as the last file.
 * @param inFolders true: a folder of files for each class, beside any list
 * @throws DataError for a sample that the layout cannot hold
 */
export function* layoutFiles<Content>(
  samples: Iterable<LayoutSample<Content>>,
  layout: Layout,
  inFolders = layout === "folders",
): Generator<LayoutFile<Content>> {
  const free = freePaths();
  const folders = new Map<string, string>();
  const folderOf = (label: string): string => {
    if (!folders.has(label)) folders.set(label, free([folderName(label)]));
    return folders.get(label)!;
  };
  for (const list of [listNames[layout], listOfFormulas]) free([list]);
  const rows: Row[] = [];
  for (const sample of samples) {
    const { file, name, ...columns } = sample;
    requireOneClass(sample.label, rows.length + 1);
    if (file === undefined) {
      if (layout === "folders")
        throw new EngraftError("DataError", `sample ${rows.length + 1} has no file to put into a folder`, {
          help: 'write texts and rows with the layout "csv" or "jsonl"',
        });
      rows.push(name === undefined ? columns : { name, ...columns });
      continue;
    }
    const label = inFolders && typeof sample.label === "string" ? sample.label : "files";
    const path = free([folderOf(label), name ?? String(rows.length + 1)]);
    yield { path, content: file };
    rows.push({ file_name: path, ...columns });
  }
  if (rows.length === 0)
    throw new EngraftError("DataError", "there are no samples to write", { help: "give one or more" });
  if (layout === "folders" && rows.some(hasFormula)) yield { path: listOfFormulas, list: jsonLines(rows) };
  else yield { path: listNames[layout], list: layout === "jsonl" ? jsonLines(rows) : csv(rows) };
}

/** List of the layout "folders" if a spreadsheet would run one of its cells. */
const listOfFormulas = "metadata.jsonl";

/**
 * True for a cell that spreadsheets run as a formula when a list is opened in them: "=1+1", "@SUM(A1)". A number is none.
 * [OWASP, CSV injection](https://owasp.org/www-community/attacks/CSV_Injection)
 */
export const isFormula = (cell: string): boolean =>
  /^[=+\-@\t\r＝＋－＠]/.test(cell) && Number.isNaN(Number(cell));

/** True if a cell of the row, or the name of a column, is a formula for spreadsheets. */
export const hasFormula = (row: Readonly<Record<string, unknown>>): boolean =>
  Object.entries(row).some(([column, value]) => isFormula(column) || isFormula(cellOf(value)));

/** @throws DataError for the name of a class that readers take as a list of labels */
function requireOneClass(label: unknown, number: number): void {
  if (typeof label !== "string" || !labelList.test(label)) return;
  throw new EngraftError(
    "DataError",
    `sample ${number} has the class ${JSON.stringify(label)}, which readers take as a list of labels`,
    {
      help: "give the class a name without brackets around it; several labels are an array in the column labels",
    },
  );
}

type Row = Readonly<Record<string, unknown>>;

const jsonLines = (rows: readonly Row[]): string =>
  rows
    .map((row) => `${JSON.stringify(row, (_, one) => (typeof one === "bigint" ? String(one) : one))}\n`)
    .join("");

function csv(rows: readonly Row[]): string {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const records = [columns, ...rows.map((row) => columns.map((column) => cellOf(row[column])))];
  const text = linesOf(records);
  // An empty last column, which readers leave out, shows that a line of a text is no row.
  return isAmbiguous(text, columns.length) ? linesOf(records.map((cells) => [...cells, ""])) : text;
}

const linesOf = (records: readonly (readonly string[])[]): string =>
  // A single empty value needs its quotes: readers skip empty lines.
  records.map((cells) => `${cells.map(quoted).join(",") || '""'}\n`).join("");

/** True if values have line breaks, and each line has the header's number of values as well: readers refuse such a list. */
function isAmbiguous(text: string, width: number): boolean {
  const lines = text.split(/\r\n|\n|\r/).filter((line) => line.trim() !== "");
  const hasBreaks = /"[^"]*[\r\n][^"]*"/.test(text);
  return width > 1 && hasBreaks && lines.every((line) => line.split(",").length === width);
}

/** Returns a value as readers of lists take it: several labels are a list in JSON. */
const cellOf = (value: unknown): string =>
  value === undefined || value === null
    ? ""
    : typeof value === "object"
      ? JSON.stringify(value)
      : String(value);

const quoted = (cell: string): string => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);

/** Most bytes of a name without its ending: systems take 255, and temporary names are longer. */
const longestName = 200;

/** Names of folders that readers leave out. Folders named like a split would be one. */
const notRead = /^(runs|__macosx|engraft-studio|readme\.md)$/i;

/** Returns a name for the folder of a class, short enough to get a number. */
function folderName(label: string): string {
  const name = safeName(label.slice(0, longestName / 4));
  return notRead.test(name) || partNames.has(name.toLowerCase()) ? `_${name}` : name;
}

/** Returns a name that every system takes as a file or a folder. */
export function safeName(name: string): string {
  let [, stem = "", ending = ""] = ofName.exec(name.normalize("NFC"))!;
  stem = stem.slice(0, longestName);
  while (new TextEncoder().encode(stem).length > longestName) stem = stem.slice(0, -1);
  const plain =
    `${stem}${ending}`
      // Characters that Windows refuses, and those that nobody sees.
      .replace(/[\\/:*?"<>|\p{Cc}\p{Cf}\p{Cs}]/gu, "_")
      .replace(/^[. ]+|[. ]+$/g, "_") || "_";
  // Devices of Windows.
  return /^(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[\d¹²³]) *(\..*)?$/i.test(plain) ? `_${plain}` : plain;
}

/** Stem and ending of a name. */
const ofName = /^(.*?)(\.\w{1,5})?$/s;

/** Returns a function that makes a safe path of its parts, another one at each call, also on systems that ignore case, as of σ and ς. */
export function freePaths(): (parts: readonly string[]) => string {
  const taken = new Set<string>();
  return (parts) => {
    const path = parts.map(safeName).join("/");
    const [, stem, ending = ""] = ofName.exec(path)!;
    let free = path;
    for (let n = 2; taken.has(free.toUpperCase()); n++) free = `${stem}-${n}${ending}`;
    taken.add(free.toUpperCase());
    return free;
  };
}

/** Endings of file names by media type. */
const endings: Readonly<Record<string, string>> = {
  ...{ "image/jpeg": ".jpg", "image/png": ".png", "image/webp": ".webp", "image/bmp": ".bmp" },
  ...{ "image/gif": ".gif", "image/avif": ".avif", "audio/x-wav": ".wav", "audio/wave": ".wav" },
  ...{ "audio/wav": ".wav", "audio/flac": ".flac", "audio/mpeg": ".mp3", "audio/ogg": ".ogg" },
};

/** Returns the ending of a content's file, with its point: that of its name, else by its media type; "" if neither is known. */
export function endingOf({
  name = "",
  type = "",
}: {
  readonly name?: string;
  readonly type?: string;
}): string {
  const known = pictureEnding.exec(name) ?? soundName.exec(name);
  return (known?.[0] ?? endings[type.split(";")[0]!] ?? "").toLowerCase();
}
