import type { Part } from "../../core/events/events.js";
import type { Files } from "../../platform/platform.js";
import { byCodePoint, partNames } from "./found.js";

/** `train-00000-of-00002.parquet`: one of several files of a split. */
const shardName = /^(.+)-\d{5}-of-\d{5}\.\w+$/;

/**
 * Files of a folder that are named for a split: `train.*`, with `valid.*`, `dev.*` or `test.*`; or each split in several
 * files, as `train-00000-of-00002.*`.
 * @param ending which names count
 * @param others gets the names of files in the second form whose split is none of these
 * @returns train first, then validation, then test
 */
export async function partFiles(
  files: Files,
  folder: string,
  ending: RegExp,
  others?: string[],
): Promise<{ readonly name: string; readonly part: Part }[]> {
  const found = (await files.list(folder)).flatMap(({ name, kind }) => {
    if (kind === "folder" || !ending.test(name)) return [];
    const shard = shardName.exec(name)?.[1];
    const part = partNames.get((shard ?? name.replace(/\.\w+$/, "")).toLowerCase());
    if (part === undefined && shard !== undefined) others?.push(name);
    return part === undefined ? [] : [{ name, part }];
  });
  const rank = ["train", "validation", "test"];
  return found.sort((a, b) => rank.indexOf(a.part) - rank.indexOf(b.part) || byCodePoint(a.name, b.name));
}
