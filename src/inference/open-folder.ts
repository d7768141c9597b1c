import { type ModelFolder, readModelFolder } from "../bases/model-folder/model-folder.js";
import type { Platform } from "../platform/platform.js";

/** A model folder, also one that holds an adapter only: that is merged with its base. */
export function openFolder(platform: Platform, path: string): Promise<ModelFolder> {
  return readModelFolder(platform, path, async (dir) => {
    // Loaded here: most folders hold a whole model.
    const { mergedFile } = await import("./adapters.js");
    return mergedFile(platform, dir);
  });
}
