import type { Platform } from "../../platform/platform.js";

/** Temporary file of any file, as a killed process leaves it. */
const halfFile = /^\..+\.[0-9a-f]{12}\.tmp$/;

/** Age of a half-written file that no process writes to any more (ms). */
export const leftAfter = 60_000;

/**
 * Removes the half-written files that a killed process left in a folder, if there is one.
 * @param age least time since they were written, in ms: in a folder where others write without its lock, {@link leftAfter}
 */
export async function removeHalfFiles(
  { files }: Pick<Platform, "files">,
  folder: string,
  age = 0,
): Promise<void> {
  if (!(await files.stat(folder))) return;
  for (const { name } of await files.list(folder)) {
    if (!halfFile.test(name)) continue;
    const file = files.join(folder, name);
    const state = await files.stat(file);
    if (state && Date.now() - state.modified >= age) await files.remove(file);
  }
}
