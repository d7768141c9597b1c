import type { Platform } from "../../platform/platform.js";
import { findLists } from "../lists/find-lists.js";
import { decodeTexts } from "../lists/list-bytes.js";
import { listLimit, readList } from "../lists/read-list.js";
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
