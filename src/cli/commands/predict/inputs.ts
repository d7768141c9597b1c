import { readdir, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { EngraftError } from "../../../core/errors.js";
import type { OnEvent } from "../../../core/events/events.js";
import { imageColumnOf, pictureOf } from "../../../data/lists/columns.js";
import type { Quotes } from "../../../data/lists/quotes.js";
import { type ListFile, readList } from "../../../data/lists/read-list.js";
import { audioColumnOf } from "../../../data/sounds/sound-columns.js";
import { listName, quoted } from "../../../data/split/found.js";
import { pictureProblem, scanPaths } from "../../../data/tables/choose-inputs.js";
import { textsOfFile } from "../../../data/texts/index.js";
import { textOfFile } from "../../../data/texts/text-files.js";
import { nodePlatform } from "../../../platform/node.js";
import { rowsOf, type TableRow } from "../../../tasks/tables/table-rows.js";
import type { TextOrPair } from "../../../tasks/texts/require-texts.js";
import type { Unreadable } from "../unreadable.js";

/** Input of a model with its name in the output. */
export interface NamedInput<Input> {
  readonly name: string;
  readonly input: Input;
  /** The prediction does not wait for more inputs. */
  readonly atOnce?: boolean;
}

/** Files of a kind: the pattern of their names, what a folder without them holds, and their endings in words. */
interface FileKind {
  readonly names: RegExp;
  readonly none: string;
  readonly endings: string;
  /** Returns the column of a list that names such files. */
  readonly columnOf: (list: ListFile) => string | undefined;
}

const pictures: FileKind = {
  names: /\.(jpe?g|png|webp|gif|bmp|tiff?|avif)$/i,
  none: "no pictures",
  endings: "pictures end in .jpg .png .webp .gif .bmp .tif or .avif",
  columnOf: (list) => imageColumnOf(list),
};
const sounds: FileKind = {
  names: /\.(wave?|flac|mp3|ogg|oga|opus)$/i,
  none: "no sounds",
  endings: "sounds end in .wav .flac .mp3 .ogg or .opus",
  columnOf: (list) => audioColumnOf(list),
};

const textFiles = {
  names: /\.txt$/i,
  none: "no texts",
  endings: "texts end in .txt; give a list of texts by its own path",
};

/** Returns the files of a kind below a folder. @throws DataError if there are none */
async function filesBelow(
  folder: string,
  { names, none, endings }: Omit<FileKind, "columnOf">,
): Promise<string[]> {
  // Links to folders are not followed, so links cannot form a loop.
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((e) => !e.isDirectory() && names.test(e.name))
    .map((e) => join(e.parentPath, e.name));
  if (paths.length > 0) return paths.sort();
  throw new EngraftError("DataError", `the folder ${folder} holds ${none}`, { at: folder, help: endings });
}

/** Yields the images that arguments name: files, all images in folders and of lists, and paths from stdin for `-`. */
export const imagesOf = (words: readonly string[], signal: AbortSignal): AsyncGenerator<NamedInput<string>> =>
  filesOf(pictures, words, signal);

/** Yields the sounds that arguments name: files, all sounds in folders and of lists, and paths from stdin for `-`. */
export const soundsOf = (words: readonly string[], signal: AbortSignal): AsyncGenerator<NamedInput<string>> =>
  filesOf(sounds, words, signal);

async function* filesOf(
  kind: FileKind,
  words: readonly string[],
  signal: AbortSignal,
): AsyncGenerator<NamedInput<string>> {
  const named = (path: string): NamedInput<string> => ({ name: path, input: path });
  for (const word of words) {
    if (word === "-") for await (const line of linesOfStdin(signal)) yield named(line);
    else if ((await stat(word).catch(() => undefined))?.isDirectory()) {
      yield* (await filesBelow(word, kind)).map(named);
    } else if (listName.test(word)) for (const path of await listedFiles(word, kind)) yield named(path);
    else yield named(word);
  }
}

/** Returns the paths of the files that a list names. @throws DataError for a list without a column of files */
async function listedFiles(path: string, { none, columnOf }: FileKind): Promise<string[]> {
  const { files } = nodePlatform;
  const list = await readList(nodePlatform, files.resolve(path), {
    fewerClasses: true,
    keepUnlabelled: true,
  });
  const column = columnOf(list);
  if (column === undefined)
    throw new EngraftError("DataError", `"${path}" names ${none}`, {
      help: `its columns are ${quoted(list.columns, 12) || "none"}; call the one of paths "file"`,
    });
  return list.rows.flatMap((row) => {
    const found = pictureOf(files, row, column, list);
    return found === undefined ? [] : [files.isAbsolute(path) ? found.path : join(dirname(path), found.id)];
  });
}

/** Pattern of names of text files, so that a mistyped path is not predicted as a text. */
const textFileName = /^[^\s]+\.(csv|tsv|jsonl|ndjson|json|parquet|txt)$/i;

export interface TextInputs {
  readonly pair?: readonly [string, string];
  /** Columns of a list that contain texts, separated by commas. */
  readonly columns?: string;
  readonly quotes?: Quotes;
  readonly onEvent?: OnEvent;
}

/** Yields the texts that arguments name: texts, the lines or rows of files, and lines from stdin for `-`. */
export async function* textsOf(
  words: readonly string[],
  signal: AbortSignal,
  { pair, columns, quotes, onEvent }: TextInputs = {},
): AsyncGenerator<NamedInput<TextOrPair>> {
  if (pair) yield { name: pair.join(" | "), input: pair };
  const named = columns?.split(",").map((name) => name.trim());
  for (const word of words) {
    if (word === "-") {
      // A program that writes lines to stdin may wait for each prediction.
      for await (const line of linesOfStdin(signal)) yield { name: line, input: line, atOnce: true };
    } else if ((await kindOf(word)) === "folder") yield* textFilesOf(word);
    else if (pictures.names.test(word) || sounds.names.test(word))
      throw new EngraftError("DataError", `"${word}" is no text`, {
        help: "this model answers texts: give a text, a list of texts or a folder of .txt files",
      });
    else if (textFileName.test(word) || (await kindOf(word)) === "file")
      for (const { id, text, pair: second } of await textsOfFile(nodePlatform, word, {
        named,
        quotes,
        onWarning: (warning) => onEvent?.({ event: "warning", ...warning }),
      }))
        yield { name: id, input: second === undefined ? text : [text, second] };
    else yield { name: word, input: word };
  }
}

/** Yields the texts of the files below a folder. @throws DataError for a folder without .txt files */
async function* textFilesOf(folder: string): AsyncGenerator<NamedInput<string>> {
  const { files } = nodePlatform;
  for (const path of await filesBelow(folder, textFiles))
    yield { name: path, input: await textOfFile(files, files.resolve(path), path) };
}

/** Leaves out texts without words: each is named as unreadable. */
export async function* withWords(
  texts: AsyncIterable<NamedInput<TextOrPair>>,
  unreadable: Unreadable,
): AsyncGenerator<NamedInput<TextOrPair>> {
  let place = 0;
  for await (const one of texts) {
    place++;
    const parts = typeof one.input === "string" ? [one.input] : one.input;
    if (parts.every((part) => part.trim() !== "")) yield one;
    else {
      const why = parts.length > 1 ? "a text of the pair is empty" : "the text is empty";
      // An empty text is named by its position.
      const name = one.name.trim() === "" ? `text ${place}` : one.name;
      unreadable.add(name, new EngraftError("DataError", why));
    }
  }
}

/** Yields the rows of table files. @throws DataError for a file that is no table */
export async function* rowsOfFiles(
  files: readonly string[],
  how: Parameters<typeof rowsOf>[2],
  unreadable: Unreadable,
): AsyncGenerator<NamedInput<TableRow>> {
  for (const file of files) {
    if (!listName.test(file))
      throw new EngraftError("DataError", `"${file}" is no table`, {
        help: "this model answers rows: give a .csv, .tsv, .jsonl, .json or .parquet file",
      });
    const rows = await rowsOf(nodePlatform, file, how);
    const picturesOf = (row: TableRow): string[] =>
      (how?.pictures ?? []).map((name) => String(row[name] ?? ""));
    const scanned = await scanPaths(nodePlatform, rows.flatMap(picturesOf));
    for (const [i, input] of rows.entries()) {
      const name = `${file}, row ${i + 1}`;
      const [problem] = picturesOf(input).flatMap((path) => pictureProblem(path, scanned) ?? []);
      if (problem === undefined) yield { name, input, atOnce: i === rows.length - 1 };
      else unreadable.add(name, new EngraftError("DataError", problem));
    }
  }
}

async function* linesOfStdin(signal: AbortSignal): AsyncGenerator<string> {
  for await (const line of createInterface({ input: process.stdin, signal }))
    if (line.trim() !== "") yield line;
}

/** Returns what is at a path; undefined if it is none. */
async function kindOf(word: string): Promise<string | undefined> {
  if (word.length > 1000 || word.includes("\n") || word.trim() === "") return undefined;
  try {
    return (await nodePlatform.files.stat(nodePlatform.files.resolve(word)))?.kind;
  } catch {
    return undefined;
  }
}
