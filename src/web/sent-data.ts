import { EngraftError } from "../core/errors.js";
import type { SentData } from "./messages.js";
import type { FolderFile, LabelledPicture, ModelFile, WebData, WebHandle } from "./options.js";

type Files = SentData["files"];
type NamedBlob = Blob & { readonly name?: string };

// The page imports this file, so it must not import code of the worker.

/** Returns data that a page gave as files on a volume: a list, a folder, or rows written as a list. @throws DataError */
export async function sentData(data: WebData): Promise<SentData> {
  if (typeof data === "string" || data instanceof Blob) {
    const blob: NamedBlob = blobOf(data);
    const name = blob.name ?? (await nameOf(blob));
    return { root: name, files: [[name, blob]] };
  }
  if (isHandle(data)) return { root: data.name, files: await filesOf(data, data.name) };
  if (isNamedContent(data)) return { root: data.path, files: [sentFile(data)] };
  const all: readonly object[] = Array.from(data as ArrayLike<object>);
  const named = all.filter((one) => one instanceof Blob || isNamedContent(one));
  if (named.length === 0) return sentRows(all);
  if (named.length < all.length)
    throw new EngraftError("DataError", `${named.length} of ${all.length} files have no label`, {
      help: "give { file, label } for each picture, or the files of an input with webkitdirectory",
    });
  const files = all.map((one) => sentFile(one as FolderFile | ModelFile));
  const [only, ...more] = files;
  if (more.length === 0 && !only![0].includes("/")) return { root: only![0], files };
  // All files of a chosen folder have the same top folder.
  const tops = new Set(files.map(([path]) => path.slice(0, Math.max(0, path.indexOf("/")))));
  return { root: tops.size === 1 ? [...tops][0]! : "", files };
}

/** Returns the content of a file as a blob. */
export function blobOf(content: ModelFile["content"]): Blob {
  if (content instanceof Blob) return content;
  return new Blob([typeof content === "string" ? content : new Uint8Array(content)]);
}

const isHandle = (data: object): data is WebHandle =>
  "kind" in data && "name" in data && ("getFile" in data || "values" in data);

/** True for a file as `{ path, content }`. */
function isNamedContent(one: object): one is ModelFile {
  const { path, content } = one as Partial<ModelFile>;
  const holds = typeof content === "string" || content instanceof Blob || content instanceof Uint8Array;
  return typeof path === "string" && holds && Object.keys(one).length === 2;
}

function sentFile(one: FolderFile | ModelFile): Files[number] {
  if (one instanceof Blob) return [one.webkitRelativePath || one.name || "file", one];
  const { path, content } = one;
  return [path, blobOf(content)];
}

async function filesOf(handle: WebHandle, path: string): Promise<Files> {
  if (handle.getFile) return [[path, await handle.getFile()]];
  const files: Files[number][] = [];
  for await (const inner of handle.values!())
    files.push(...(await filesOf(inner as WebHandle, `${path}/${inner.name}`)));
  return files;
}

/** Returns a file name for a list without one: its first characters decide the format. */
async function nameOf(list: Blob): Promise<string> {
  const begin = await list.slice(0, 1000).text();
  if (/^\uFEFF?\s*[[{]/.test(begin)) return "data.json";
  return /^[^\n]*\t/.test(begin) ? "data.tsv" : "data.csv";
}

/** Returns rows as a list. A file in a row becomes a file in the folder of the list. */
function sentRows(rows: readonly object[]): SentData {
  const files: Record<string, Blob> = {};
  const place = (file: Blob, label: unknown, name: string | undefined): string => {
    const path = freePath({ file, label: String(label ?? "pictures"), ...(name && { name }) }, files);
    files[path] = file;
    return path;
  };
  const lines = rows.map((row) => {
    const cells = isPicture(row) ? listedPicture(row) : row;
    const { label } = row as Partial<LabelledPicture>;
    const { name } = isPicture(row) ? row : {};
    const written = Object.entries(cells).map(([column, value]: [string, unknown]) => [
      column,
      value instanceof Blob ? place(value, label, name) : value,
    ]);
    return `${JSON.stringify(Object.fromEntries(written), (_, value) => (typeof value === "bigint" ? String(value) : value))}\n`;
  });
  // A list, not folders: a label may be any text, also one that is no path.
  const [first] = Object.values(files);
  const root = `${first ? (isSound(first) ? "sounds" : "pictures") : "rows"}.jsonl`;
  return { root, files: [[root, new Blob(lines)], ...Object.entries(files)] };
}

const isPicture = (row: object): row is LabelledPicture => "file" in row && row.file instanceof Blob;

/** Returns the row of a picture or a sound with the column names of lists. */
function listedPicture({ file, name, part, ...others }: LabelledPicture): object {
  const sample = isSound(file, name) ? { audio: file } : { image: file };
  return { ...sample, ...others, ...(part !== undefined && { split: part }) };
}

/** Recorders of browsers give blobs without a name, but with a type. */
const isSound = (file: NamedBlob, name = file.name ?? ""): boolean =>
  file.type.startsWith("audio/") || /\.(wav|flac|mp3|og[ga]|opus)$/i.test(name);

/** Returns an unused path: label/name, else label/name-2 and so on. The same pictures in the same order get the same paths. */
function freePath(
  { file, label, name }: LabelledPicture & { readonly label: string },
  taken: Readonly<Record<string, Blob>>,
): string {
  const given = name ?? (file as NamedBlob).name ?? (isSound(file) ? "sound" : "picture");
  const [, stem = "", end = ""] = /^(.*?)(\.[^.]*)?$/s.exec(given) ?? [];
  const path = (n: number): string => `${asName(label)}/${asName(n === 1 ? given : `${stem}-${n}${end}`)}`;
  let n = 1;
  while (Object.hasOwn(taken, path(n))) n++;
  return path(n);
}

/** Returns a text as one name of a path, without separators and "..". */
export function asName(text: string): string {
  const name = text.replace(/[/\\\0]/g, "_").trim();
  return name === "" || name === "." || name === ".." ? `_${name}` : name;
}
