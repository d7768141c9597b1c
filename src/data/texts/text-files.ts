import { EngraftError } from "../../core/errors.js";
import type { Platform } from "../../platform/platform.js";
import type { Row } from "../lists/columns.js";
import { decodeTexts } from "../lists/list-bytes.js";
import { byCodePoint, partNames } from "../split/found.js";

type Files = Platform["files"];

/** A file that is one text is at most so large, bytes. */
const largestText = 2 ** 22;

/** The texts of `<class>/*.txt`, or `<part>/<class>/*.txt`. @throws DataError when the folder has none of these */
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

/** `<class>/*.txt`, within the folders of parts as well. */
async function classFolders(files: Files, folder: string, below: string, part?: string): Promise<Row[]> {
  const rows: Row[] = [];
  const entries = [...(await files.list(folder))]
    .filter(({ name, kind }) => kind === "folder" && !name.startsWith("."))
    .sort((a, b) => byCodePoint(a.name, b.name));
  const top = part === undefined && below === "";
  const allParts = entries.every(({ name }) => partNames.has(name.toLowerCase()));
  for (const { name } of entries) {
    const inner = files.join(folder, name);
    // Beside other classes a folder called "test" may be one, if it holds texts and no folders.
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
