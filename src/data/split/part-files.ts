import type { Part } from "../../core/events/events.js";
import type { Files } from "../../platform/platform.js";
import { byCodePoint, partNames } from "./found.js";

/** Name of a shard, one of several files of a split: `train-00000-of-00002.parquet`. */
const shardName = /^(.+)-\d{5}-of-\d{5}\.\w+$/;

/**
 * Returns the files of a folder that are named for a split: `train.*`, `valid.*`, `dev.*` and `test.*`, or shards such as
 * `train-00000-of-00002.*`.
 * @param ending pattern of accepted names
 * @param others receives the names of shards of other splits
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
