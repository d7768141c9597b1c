import type { Files } from "../../platform/platform.js";
import { parseTag } from "../entities/tags.js";
import { pictureEndings } from "../images/find-images.js";
import { textOf } from "../lists/columns.js";
import { listError } from "../lists/list-bytes.js";
import type { ListFile } from "../lists/read-list.js";
import { quoted } from "../split/found.js";
import { isMissing, numberOf } from "./numbers.js";

/** Number of rows to look at. */
const fewRows = 1000;
/** Smallest share of values that show what a column holds. */
const most = 0.9;
/** Most folders beside a list whose pictures are looked at. */
const mostFolders = 20;

/**
 * Refuses a list that would be learnt as a table, although it is evidence of another task: of pictures, named without their endings,
 * or of words with tags.
 * @param chosen the target columns that the user named
 * @throws DataError naming the first cell that shows it, and the cure
 */
export async function refuseOtherTasks(
  files: Files,
  list: ListFile,
  chosen: readonly string[] | undefined,
): Promise<void> {
  const head = { ...list, rows: list.rows.slice(0, fewRows) };
  refuseTags(head);
  // Whoever names a target has seen the columns; a picture is then one of many things that a row may name.
  if (chosen === undefined) await refusePictureNames(files, head);
}

/** Cells of a column that are not missing. */
const presentCells = (list: ListFile, column: string): string[] =>
  list.rows.map((row) => textOf(row, column, list)).filter((cell) => !isMissing(cell));

/** A column of tags such as "B-PER" beside a column of words. */
function refuseTags(list: ListFile): void {
  for (const column of list.columns) {
    const cells = presentCells(list, column);
    const tags = cells.map(parseTag);
    const isTagged = tags.filter((tag) => tag !== undefined).length >= most * cells.length;
    if (
      !isTagged ||
      !tags.some((tag) => tag !== undefined && tag.mark !== "O") ||
      !tags.some((tag) => tag?.mark === "O")
    )
      continue;
    const first = cells.find((cell) => cell !== "O")!;
    throw listError(
      list.name,
      `has a word in each row, with its tag in ${JSON.stringify(column)} (${JSON.stringify(first)}): these are entities, not a table`,
      undefined,
      'write a .conll file, a word and its tag a line and an empty line between sentences; or a .jsonl file with {"tokens": ["Ada", "slept"], "tags": ["B-PER", "O"]} a line; --task tabular-classification learns from the single rows',
    );
  }
}

const ending = new RegExp(`\\.(${pictureEndings.join("|")})$`, "i");

/** A column with the names of pictures that lie beside the list, without their endings. */
async function refusePictureNames(files: Files, list: ListFile): Promise<void> {
  const pictures = await picturesBeside(files, list.folder);
  if (pictures.size === 0) return;
  for (const column of list.columns) {
    const names = new Set(presentCells(list, column));
    const found = [...names].filter((name) => pictures.has(name));
    // A class may happen to have the name of a picture.
    if (found.length < 2 || found.length < most * names.size || 2 * names.size < list.rows.length) continue;
    const path = pictures.get(found[0]!)!;
    throw listError(
      list.name,
      `names pictures without their endings in ${JSON.stringify(column)}: ${JSON.stringify(found[0])} is ${JSON.stringify(path)}`,
      undefined,
      `call the column "image", and write the paths into it: ${path}; --task tabular-classification learns from the other columns alone`,
    );
  }
}

/** Returns the pictures beside a list and in the folders beside it, by name without ending. */
async function picturesBeside(files: Files, folder: string): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  const add = async (below: string): Promise<string[]> => {
    const folders: string[] = [];
    for (const { name, kind } of await files.list(files.join(folder, below))) {
      if (kind === "folder" && !name.startsWith(".")) folders.push(name);
      else if (ending.test(name))
        found.set(name.replace(ending, ""), below === "" ? name : `${below}/${name}`);
    }
    return folders;
  };
  for (const below of (await add("")).slice(0, mostFolders)) await add(below);
  return found;
}

/** Refuses columns of 0 and 1 beside pictures, which are labels and no numbers. @throws DataError naming them */
export function refuseOneHot(list: ListFile, columns: readonly string[]): void {
  if (columns.length < 2) return;
  const cellsOf = (column: string) => presentCells(list, column).map(numberOf);
  if (!columns.every((column) => cellsOf(column).every((value) => value === 0 || value === 1))) return;
  throw listError(
    list.name,
    `has columns of 0 and 1: ${quoted(columns)}`,
    undefined,
    `--labels ${columns.join(",")} learns them as labels; --target ${columns.join(",")} as numbers`,
  );
}
