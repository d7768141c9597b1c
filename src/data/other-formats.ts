import { EngraftError } from "../core/errors.js";
import type { Files } from "../platform/platform.js";
import { modelAmongData, modelFolderAmongData } from "./foreign-models.js";
import { byCodePoint, quoted } from "./split/found.js";

/** Number of bytes at the begin of a file that show its format. */
const beginBytes = 1024;

/** Unsupported data formats, and how to convert them. A file is recognised by its first bytes, else by its name. */
const formats: readonly {
  readonly what: string;
  readonly name?: RegExp;
  readonly begins?: RegExp;
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
    help: "save the sheet as CSV in UTF-8",
  },
  {
    what: "CoNLL-U, which has no column of entities",
    name: /\.conllu$/i,
    help: "write a .conll file of two columns, the word and its tag (B-PER, I-PER, O), with an empty line between sentences",
  },
  {
    what: "a file of arrays",
    name: /\.(np[yz]|h5|hdf5|mat|tfrecords?)$/i,
    begins: /^(\x93NUMPY|\x89HDF|MATLAB 5\.0)/,
    help: "write pictures as PNG in one folder for each class, a table as CSV",
  },
  {
    what: "a table of another program",
    name: /\.(feather|arrow|dta|sav|sas7bdat|rds|rda(ta)?|pkl|pickle|orc|avro)$/i,
    begins: /^(ARROW1|FEA1|<stata_dta>|\$FL2|RDX[23])/,
    help: "write it as CSV or Parquet, with pandas: .to_csv(FILE, index=False), with R: write.csv(DATA, FILE, row.names = FALSE)",
  },
  {
    what: "SQL statements",
    name: /\.sql$/i,
    begins: /^-- (MySQL|PostgreSQL|MariaDB|phpMyAdmin) /,
    help: "run them in a database, and write its table as CSV with the names of the columns in the first line",
  },
  {
    what: "a Git LFS pointer",
    begins: /^version https:\/\/git-lfs/,
    help: "download the file itself: git lfs pull",
  },
  {
    what: "a database",
    name: /\.(db|sqlite3?|mdb|accdb)$/i,
    begins: /^SQLite format 3/,
    help: "write the table as CSV with the names of its columns: sqlite3 -header -csv FILE 'SELECT * FROM t' > t.csv",
  },
  {
    what: "a table drawn with lines",
    begins: /^(\+-[-+]+\+\r?\n\||\s*\|[^\n]*\|\s*\n\s*\|[-:| ]+\|)/,
    help: "write it as CSV: with mysql use --batch, which writes a .tsv",
  },
  {
    what: "Weka's ARFF",
    name: /\.arff$/i,
    begins: /^(\s*%[^\n]*\n)*\s*@relation/i,
    help: "keep the lines behind @data, write the names of the attributes into the first line, and call it .csv",
  },
  {
    what: "LIBSVM's form",
    name: /\.(libsvm|svm(light)?)$/i,
    begins: /^[+-]?\d+(\.\d+)?( \d+:[-+.\de]+)+\s*\n/,
    help: "write a table as CSV: a column for each number, one for the target, their names in the first line",
  },
  {
    what: "fastText's form",
    begins: /^__label__\S+ /,
    help: "write a CSV with the columns text,label",
  },
  {
    what: "XML or HTML",
    name: /\.(xml|html?)$/i,
    begins: /^\s*<(\?xml|!doctype|html|table|[a-z]+>)/i,
    help: "write a table as CSV; Pascal VOC's annotations are read from the folder that holds them and the pictures",
  },
  {
    what: "YAML",
    name: /\.ya?ml$/i,
    begins: /^- \w+: /,
    help: 'write an object a line into a .jsonl file: {"text": "…", "label": "…"}',
  },
  {
    what: "a table under another name",
    name: /\.(data|dat|names)$/i,
    begins: /^([^\t\n]+\t[^\n]+\n[^\t\n]+\t[^\n]+\n|"?[\w -]{1,40}"?(,"?[\w -]{1,40}"?)+\r?\n[^\n]*,)/,
    help: "call it .csv, or .tsv if tabs separate its values, and write the names of the columns into its first line",
  },
  {
    what: "an archive",
    name: /\.(zip|tar|tgz|gz|bz2|xz|7z|rar)$/i,
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
    what: "Label Studio's list of boxes or outlines",
    holds: (values) => Object.values(values).some((value) => outlineLabels.test(textOrJson(value))),
    help: "export them as COCO or YOLO",
  },
  {
    what: "VGG Image Annotator's CSV",
    holds: (values) => "region_shape_attributes" in values,
    help: "export the annotations as COCO",
  },
  {
    what: "a list of masks as run lengths",
    holds: (values) =>
      Object.entries(values).some(
        ([column, value]) => runLengthName.test(column) && runLengths.test(textOrJson(value)),
      ),
    help: "draw one mask for each picture, with a number for each class, as PNG in a folder masks beside the folder images",
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
    what: "a list of pictures written as numbers",
    holds: (values) => Object.values(values).some((value) => pixelText.test(textOrJson(value))),
    help: "write each picture as a PNG file, and list image,label",
  },
  {
    what: "Argilla's JSON",
    holds: ({ fields, responses, suggestions, status }) =>
      isObject(fields) && [responses, suggestions, status].some((one) => one !== undefined),
    help: 'write one text and its label a line: {"text": "…", "label": "…"}',
  },
  {
    what: "a list of chats",
    holds: ({ messages, conversations }) => firstHas(messages, "role") || firstHas(conversations, "from"),
    help: 'engraft train FILE --task text-generation --base DECODER learns its answers; for classes, write one text and its label a line: {"text": "…", "label": "…"}',
  },
];

/** Keys of Label Studio for shapes on pictures. */
const outlineLabels = /"(rectangle|polygon|brush|keypoint|ellipse)labels"/;
const runLengthName = /^(encoded_?pixels|rle|rle_mask|mask_rle|segmentation)$/i;
/** A hundred numbers of a byte and more, as FER2013 and MNIST write pictures into a cell. */
const pixelText = /^\d{1,3}( \d{1,3}){99,}$/;
const runLengths = /^\d+ \d+( \d+ \d+)*$/;
const textOrJson = (value: unknown): string =>
  typeof value === "string" ? value : value === undefined ? "" : JSON.stringify(value);

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null;
const firstHas = (list: unknown, key: string): boolean =>
  Array.isArray(list) && isObject(list[0]) && key in list[0];

/** Number of rows that show what a list is. */
const headRows = 100;

/** Refuses a list in another tool's form. @throws DataError naming the form and the export that is read */
export function refuseForeignRows({
  name,
  rows,
}: {
  readonly name: string;
  readonly rows: readonly { readonly values: Readonly<Record<string, unknown>> }[];
}): void {
  // The first rows may be those without an annotation.
  const head = rows.slice(0, headRows);
  const found = foreignRows.find(({ holds }) => head.some(({ values }) => holds(values)));
  if (found)
    throw new EngraftError("DataError", `${JSON.stringify(name)} is ${found.what}, which is not read`, {
      help: found.help,
    });
}

/** Folders of other tools, recognised by the names in them, with the export that is read. */
const foreignFolders: readonly {
  readonly what: string;
  /** Returns the name that shows it. */
  readonly shows: (names: readonly string[]) => string | undefined;
  readonly help: string;
}[] = [
  {
    what: "TensorFlow's records",
    shows: (names) => names.find((name) => /\.tfrecords?(-\d+-of-\d+)?$/i.test(name)),
    help: "export boxes as COCO, classes as a folder for each",
  },
  {
    what: "Supervisely's annotations",
    shows: (names) => names.find((name) => /^ann\/.+\.\w+\.json$/i.test(name)),
    help: "export them as COCO or as Pascal VOC",
  },
];

/** Refuses a folder in another tool's form. @throws DataError naming what shows it, and the export that is read */
export async function refuseForeignFolder(files: Files, folder: string): Promise<void> {
  const namesIn = async (...path: readonly string[]) =>
    (await files.list(files.join(folder, ...path)).catch(() => [])).map(({ name }) => name);
  const entries = await files.list(folder);
  const names = entries.map(({ name }) => name);
  // A project of Supervisely has a folder for each of its datasets, with the annotations in a folder of their own.
  const datasets = names.includes("meta.json") ? entries.filter(({ kind }) => kind === "folder") : [];
  for (const path of [[], ...datasets.slice(0, 1).map(({ name }) => [name])])
    if ((await namesIn(...path)).includes("ann"))
      names.push(...(await namesIn(...path, "ann")).map((name) => `ann/${name}`));
  for (const { what, shows, help } of foreignFolders) {
    const found = shows(names);
    if (found !== undefined)
      throw new EngraftError("DataError", `${JSON.stringify(folder)} holds ${what}, which are not read`, {
        at: found,
        help,
      });
  }
}

/** Refuses unsupported data formats, recognised by the first bytes or the name. @throws DataError; ModelError for a model */
export async function refuseOtherFormats(files: Files, path: string): Promise<void> {
  // A larger file is recognised by its name.
  const bytes = await files.read(path, { limit: 2 ** 26 }).catch(() => undefined);
  if (bytes?.length === 0)
    throw new EngraftError("DataError", `${JSON.stringify(path)} is empty`, {
      help: "give a file with samples, or a folder",
    });
  const begin = String.fromCharCode(...(bytes?.subarray(0, beginBytes) ?? []));
  const model = modelAmongData(path, bytes ?? new Uint8Array());
  if (model) throw model;
  // The signature of zip, which spreadsheets and arrays have as well.
  const known = /^PK[^\w\s]{2}/.test(begin) ? `${path}.zip` : path;
  const found =
    formats.find(({ begins }) => begins?.test(begin)) ??
    formats.find(({ name }) => name?.test(path)) ??
    formats.find(({ name }) => name?.test(known));
  if (found)
    throw new EngraftError("DataError", `${JSON.stringify(path)} is ${found.what}`, { help: found.help });
}

/** Formats of texts that are often called .csv. */
const inCsv = /drawn|ARFF|LIBSVM|fastText|SQL|Git|XML/;

/** Refuses a list called .csv or .tsv that is something else. @throws DataError */
export function refuseOtherText(name: string, begin: string): void {
  if (begin.startsWith("PK\u0003\u0004"))
    throw new EngraftError("DataError", `${JSON.stringify(name)} is a spreadsheet or an archive`, {
      help: "save the sheet as CSV in UTF-8, or unpack the archive",
    });
  const found = formats.find(({ what, begins }) => inCsv.test(what) && begins?.test(begin));
  if (found)
    throw new EngraftError("DataError", `${JSON.stringify(name)} is ${found.what}`, { help: found.help });
}

/** Refuses a folder with files in unsupported formats. @throws DataError; ModelError for a folder of a model */
export async function refuseOtherFormatsIn(files: Files, folder: string): Promise<void> {
  const names = (await files.list(folder)).filter(({ kind }) => kind !== "folder").map(({ name }) => name);
  const model = modelFolderAmongData(names, folder);
  if (model) throw model;
  for (const { what, name: ending, help } of formats) {
    const matching = names.filter((name) => ending?.test(name)).sort(byCodePoint);
    if (matching.length > 0)
      throw new EngraftError(
        "DataError",
        `${JSON.stringify(folder)} holds ${what}, and no pictures or lists: ${quoted(matching)}`,
        { help },
      );
  }
}
