import type { Platform } from "../../../platform/platform.js";
import type { FoundFiles } from "../../found-files.js";
import { type FindSoundsOptions, listedSounds } from "../listed-sounds.js";

/**
 * Finds the clips of ESC-50: `meta/esc50.csv` with `filename, category, src_file`, and the folder `audio`. Clips of one recording
 * (`src_file`) are a group.
 */
export async function esc50(
  platform: Platform,
  root: string,
  options: FindSoundsOptions,
): Promise<FoundFiles | undefined> {
  const { files } = platform;
  const list = files.join(root, "meta", "esc50.csv");
  if ((await files.stat(list))?.kind !== "file") return undefined;
  return listedSounds(platform, list, { ...options, filesIn: files.join(root, "audio") });
}
