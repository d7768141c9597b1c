import type { Platform } from "../../../platform/platform.js";
import type { FindSoundsOptions, FoundSounds } from "../found-sounds.js";
import { listedSounds } from "../listed-sounds.js";

/**
 * Finds the clips of ESC-50: `meta/esc50.csv` with `filename, category, src_file`, and the folder `audio`. Clips of one recording
 * (`src_file`) are a group.
 */
export async function esc50(
  platform: Platform,
  root: string,
  options: FindSoundsOptions,
): Promise<FoundSounds | undefined> {
  const { files } = platform;
  const list = files.join(root, "meta", "esc50.csv");
  if ((await files.stat(list))?.kind !== "file") return undefined;
  return listedSounds(platform, list, { ...options, filesIn: files.join(root, "audio") });
}
