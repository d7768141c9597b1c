import type { Platform } from "../../../platform/platform.js";
import type { FoundFiles } from "../../found-files.js";
import { type FindSoundsOptions, listedSounds } from "../listed-sounds.js";

/** Lists beside a folder `audio`, and what they say of it. */
const lists = [
  // Clips of one recording (`src_file`) are a group.
  ["meta", "esc50.csv"],
  // A folder for each fold, and clips of one recording (`fsID`) in a group.
  ["metadata", "UrbanSound8K.csv"],
] as const;

/**
 * Finds the clips of ESC-50 (`meta/esc50.csv` with `filename, category, src_file`) and of UrbanSound8K (`metadata/UrbanSound8K.csv` with
 * `slice_file_name, fold, class`), whose files are in the folder `audio`.
 */
export async function listBesideAudio(
  platform: Platform,
  root: string,
  options: FindSoundsOptions,
): Promise<FoundFiles | undefined> {
  const { files } = platform;
  for (const path of lists) {
    const list = files.join(root, ...path);
    if ((await files.stat(list))?.kind === "file")
      return listedSounds(platform, list, { ...options, filesIn: files.join(root, "audio") });
  }
  return undefined;
}
