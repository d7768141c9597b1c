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
    what: "CoNLL-U, which has no column of entities",
    name: /\.conllu$/i,
    begins: /^(?!)/,
    help: "write a .conll file of two columns, the word and its tag (B-PER, I-PER, O), with an empty line between sentences",
  },
  {
    what: "a table under another name",
    name: /\.(data|dat|names)$/i,
    begins: /^(?!)/,
    help: "call it .csv, and write the names of the columns into its first line",
  },
  {
    what: "an archive",
    name: /\.(zip|tar|tgz|gz|bz2|xz|7z|rar)$/i,
    // The signature of zip. Other archives are recognised by their names.
    begins: /^PK[^\w\s]{2}/,
    help: "unpack it, and give the folder or the list in it",
  },
];

/** Lists that other tools write, recognised by the values of a row, with the export that is read. */
const foreignRows: readonly {
  readonly what: string;
  readonly holds: (values: Readonly<Record<string, unknown>>) => boolean;
  readonly help: string;
}[] = [
  {
    what: "Label Studio's JSON",
    holds: ({ annotations }) => firstHas(annotations, "result"),
    help: "export boxes as COCO or YOLO, labels and texts as CSV",
  },
  {
    what: "Create ML's JSON",
    holds: ({ annotations }) => firstHas(annotations, "coordinates"),
    help: "convert the boxes to COCO or YOLO",
  },
  {
    what: "VGG Image Annotator's JSON",
    holds: (values) =>
      Object.values(values).some((value) => isObject(value) && "regions" in value) ||
      firstHas(values.regions, "shape_attributes"),
    help: "export the annotations as COCO",
  },
  {
    what: "a list of chats",
    holds: ({ messages, conversations }) => firstHas(messages, "role") || firstHas(conversations, "from"),
    help: 'write one text and what is to be learnt of it a line: {"text": "…", "label": "…"}',
  },
];

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null;
const firstHas = (list: unknown, key: string): boolean =>
  Array.isArray(list) && isObject(list[0]) && key in list[0];

/** Refuses a list in another tool's form. @throws DataError naming the form and the export that is read */
export function refuseForeignRows({
  name,
  rows,
}: {
  readonly name: string;
  readonly rows: readonly { readonly values: Readonly<Record<string, unknown>> }[];
}): void {
  const [first] = rows;
  const found = first && foreignRows.find(({ holds }) => holds(first.values));
  if (found)
    throw new EngraftError("DataError", `${JSON.stringify(name)} is ${found.what}, which is not read`, {
      help: found.help,
    });
}

/** Folders of other tools, recognised by a file, with the export that is read. */
const foreignFolders: readonly { readonly what: string; readonly name: RegExp; readonly help: string }[] = [
  {
    what: "TensorFlow's records",
    name: /\.tfrecords?(-\d+-of-\d+)?$/i,
    help: "export boxes as COCO, classes as a folder for each",
  },
];

/** Refuses a folder in another tool's form. @throws DataError naming the file that shows it and the export that is read */
export async function refuseForeignFolder(files: Files, folder: string): Promise<void> {
  const names = (await files.list(folder)).filter(({ kind }) => kind !== "folder").map(({ name }) => name);
  for (const { what, name, help } of foreignFolders) {
    const found = names.find((one) => name.test(one));
    if (found !== undefined)
      throw new EngraftError("DataError", `${JSON.stringify(folder)} holds ${what}, which are not read`, {
        at: found,
        help,
      });
  }
}

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
