import { EngraftError } from "../core/errors.js";
import type { Files } from "../platform/platform.js";
import { byCodePoint, quoted } from "./split/found.js";

/** Unsupported data formats, and how to convert them. */
const formats: readonly {
  readonly what: string;
  readonly name: RegExp;
  readonly begins: RegExp;
  readonly help: string;
}[] = [
  {
    what: "Parquet",
    name: /\.parquet$/i,
    begins: /^PAR1/,
    help: "give the file the ending .parquet",
  },
  {
    what: "JSON",
    name: /\.json$/i,
    begins: /^\s*[[{]/,
    help: "give the file the ending .json",
  },
  {
    what: "a spreadsheet",
    name: /\.(xlsx?|ods)$/i,
    begins: /^(?!)/,
    help: "save the sheet as CSV in UTF-8",
  },
  {
    what: "an archive",
    name: /\.(zip|tar|tgz|gz|bz2|xz|7z|rar)$/i,
    // The signature of zip. Other archives are recognised by their names.
    begins: /^PK[^\w\s]{2}/,
    help: "unpack it, and give the folder or the list in it",
  },
];

/** Refuses unsupported data formats, recognised by the first bytes or the name. @throws DataError */
export async function refuseOtherFormats(files: Files, path: string): Promise<void> {
  // A larger file is recognised by its name.
  const bytes = await files.read(path, { limit: 2 ** 26 }).catch(() => undefined);
  const begin = String.fromCharCode(...(bytes?.subarray(0, 64) ?? []));
  const found =
    formats.find(({ begins }) => begins.test(begin)) ?? formats.find(({ name }) => name.test(path));
  if (found)
    throw new EngraftError("DataError", `${JSON.stringify(path)} is ${found.what}`, { help: found.help });
}

/** Refuses a folder with files in unsupported formats. @throws DataError */
export async function refuseOtherFormatsIn(files: Files, folder: string): Promise<void> {
  const names = (await files.list(folder)).filter(({ kind }) => kind !== "folder").map(({ name }) => name);
  for (const { what, name: ending, help } of formats) {
    const matching = names.filter((name) => ending.test(name)).sort(byCodePoint);
    if (matching.length > 0)
      throw new EngraftError(
        "DataError",
        `${JSON.stringify(folder)} holds ${what}, and no pictures or lists: ${quoted(matching)}`,
        { help },
      );
  }
}
