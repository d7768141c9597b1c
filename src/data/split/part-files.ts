import type { Part } from "../../core/events/events.js";
import type { Files } from "../../platform/platform.js";
import { partNames } from "./found.js";

/**
 * Files of a folder that are named for a split: `train.*`, with `valid.*`, `dev.*` or `test.*`.
 * @param ending which names count @returns train first, then validation, then test
 */
export async function partFiles(
  files: Files,
  folder: string,
  ending: RegExp,
): Promise<{ readonly name: string; readonly part: Part }[]> {
  const found = (await files.list(folder)).flatMap(({ name, kind }) => {
    const part = ending.test(name) ? partNames.get(name.replace(/\.\w+$/, "").toLowerCase()) : undefined;
    return part === undefined || kind === "folder" ? [] : [{ name, part }];
  });
  const rank = ["train", "validation", "test"];
  return found.sort((a, b) => rank.indexOf(a.part) - rank.indexOf(b.part));
}
