import { listLimit } from "../../core/file-limits.js";
import type { Platform } from "../../platform/platform.js";
import { textOf } from "../lists/columns.js";
import { findLists } from "../lists/find-lists.js";
import { decodeTexts, listError } from "../lists/list-bytes.js";
import { type ListFile, readList } from "../lists/read-list.js";
import { partFiles } from "../split/part-files.js";
import { columnsName, fields, nestedName, taggedName } from "./read-entities.js";
import { spanFieldOf } from "./read-spans.js";
import { parseTag } from "./tags.js";

/** Number of lines to check. */
const maxLines = 50;

/** Returns true if a file, or the training file of a folder, holds words with tags: in columns, or in a list with lists as cells. */
export async function holdsEntities(platform: Platform, path: string): Promise<boolean> {
  const { files } = platform;
  const state = await files.stat(path);
  if (state?.kind === "folder") {
    const lists = await findLists(files, path);
    if (
      lists?.layout === "splits" &&
      lists.files[0]?.part === "train" &&
      nestedName.test(lists.files[0].name)
    )
      return holdsEntities(platform, files.join(lists.folder, lists.files[0].name));
    const train = (await partFiles(files, path, taggedName)).find(({ part }) => part === "train");
    return train !== undefined && holdsEntities(platform, files.join(path, train.name));
  }
  if (state?.kind !== "file" || !taggedName.test(path)) return false;
  // The name says it. The reader reports what is wrong with the tags.
  if (columnsName.test(path)) return true;
  try {
    if (nestedName.test(path)) {
      const { rows } = await readList(platform, path, { most: maxLines, fewerClasses: true });
      const holds = (names: readonly string[]) => names.some((name) => Array.isArray(rows[0]?.values[name]));
      return (
        (holds(fields.words) && holds(fields.tags)) ||
        rows.some(({ values }) => spanFieldOf(values) !== undefined)
      );
    }
    const text = await decodeTexts(await files.read(path, { limit: listLimit }), path);
    const lines = text.split(/\r?\n/, maxLines).filter((line) => line.trim() !== "" && !line.startsWith("#"));
    const tags = lines.filter((line) => {
      const values = line.trim().split(/\s+/);
      return values.length >= 2 && parseTag(values.at(-1)!) !== undefined;
    });
    return lines.length > 0 && tags.length > 0.9 * lines.length;
  } catch {
    // The reader of another task reports the error.
    return false;
  }
}

/** Number of rows to check. */
const maxRows = 1000;
/** Smallest share of tags in a column of tags. */
const mostTags = 0.9;

/** Refuses a table with a word and its tag in each row. @throws DataError naming the column of tags, the first tag, and the form that is read */
export function refuseTaggedRows(list: ListFile): void {
  for (const column of list.columns) {
    const cells = list.rows
      .slice(0, maxRows)
      .map((row) => textOf(row, column, list))
      .filter((cell) => cell !== "");
    const tags = cells.map(parseTag);
    const isTagged = tags.filter((tag) => tag !== undefined).length >= mostTags * cells.length;
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
      'write a .conll file, a word and its tag a line and an empty line between sentences; or a .jsonl file with {"tokens": ["Ada", "slept"], "ner_tags": ["B-PER", "O"]} a line; --task tabular-classification learns from the single rows',
    );
  }
}
