import { EngraftError } from "../../core/errors.js";
import type { Platform } from "../../platform/platform.js";
import { pictureEnding, type Row } from "../lists/columns.js";
import { decodeTexts } from "../lists/list-bytes.js";
import { byCodePoint, partNames } from "../split/found.js";

type Files = Platform["files"];

/** Largest size of a file with one text, in bytes. */
const maxTextBytes = 2 ** 22;

/** Reads a file that is one text. @param id its name in messages. @throws FileError, DataError for bytes that are no text */
export async function textOfFile(files: Files, path: string, id: string): Promise<string> {
  const bytes = await files.read(path, { limit: maxTextBytes });
  return (await decodeTexts(bytes, id)).replace(/^\uFEFF/, "").trim();
}

/** Reads the texts of `<class>/*.txt` or `<split>/<class>/*.txt`. @throws DataError if the folder has none */
export async function readTextFolders(
  files: Files,
  folder: string,
): Promise<{ readonly columns: readonly string[]; readonly rows: readonly Row[] }> {
  const rows = await classFolders(files, folder, "");
  if (rows.length === 0)
    throw new EngraftError("DataError", `the folder "${folder}" holds no texts with classes`, {
      help: "give <class>/*.txt, the same in train/ and test/, one list with text,label, or train.csv with test.csv beside it",
    });
  const divided = rows.some(({ values }) => values.split !== undefined);
  return { columns: ["text", "label", ...(divided ? ["split"] : [])], rows };
}

/** Reads `<class>/*.txt`, also inside folders of splits. */
async function classFolders(files: Files, folder: string, below: string, part?: string): Promise<Row[]> {
  const rows: Row[] = [];
  const entries = [...(await files.list(folder))]
    .filter(({ name, kind }) => kind === "folder" && !name.startsWith("."))
    .sort((a, b) => byCodePoint(a.name, b.name));
  const top = part === undefined && below === "";
  const allParts = entries.every(({ name }) => partNames.has(name.toLowerCase()));
  for (const { name } of entries) {
    const inner = files.join(folder, name);
    // A folder called "test" next to class folders is a class itself if it holds texts and no folders.
    const as =
      top && (allParts || (await holdsFolders(files, inner))) ? partNames.get(name.toLowerCase()) : undefined;
    if (as !== undefined) {
      rows.push(...(await classFolders(files, inner, `${name}/`, as)));
      continue;
    }
    const texts = [...(await files.list(inner))].filter((e) => e.kind !== "folder" && /\.txt$/i.test(e.name));
    for (const one of texts.sort((a, b) => byCodePoint(a.name, b.name))) {
      const id = `${below}${name}/${one.name}`;
      const text = await textOfFile(files, files.join(inner, one.name), id);
      const values = { text, label: name, ...(part !== undefined && { split: part }) };
      rows.push({ file: id, values });
    }
  }
  return rows;
}

const holdsFolders = async (files: Files, folder: string): Promise<boolean> =>
  (await files.list(folder)).some(({ name, kind }) => kind === "folder" && !name.startsWith("."));

/** Returns true if one of a folder's first 50 entries is a folder of .txt files. */
export async function holdsTexts(files: Files, folder: string, depth = 2): Promise<boolean> {
  for (const { name, kind } of (await files.list(folder)).slice(0, 50)) {
    if (kind !== "folder" || name.startsWith(".")) continue;
    const inner = files.join(folder, name);
    const entries = await files.list(inner);
    const holds = (name: RegExp): boolean => entries.some((e) => e.kind !== "folder" && name.test(e.name));
    // Lists of boxes lie beside the pictures of a class.
    const areTexts = !holds(pictureEnding) && !entries.some((e) => e.kind === "folder");
    if (areTexts && holds(/\.txt$/i)) return true;
    if (depth > 1 && partNames.has(name.toLowerCase()) && (await holdsTexts(files, inner, 1))) return true;
  }
  return false;
}
