import type { Platform } from "../../platform/platform.js";

/** Temporary file of any file, as a killed process leaves it. */
const halfFile = /^\..+\.[0-9a-f]{12}\.tmp$/;

/** Removes the half-written files that a killed process left in a folder that is locked, if there is one. */
export async function removeHalfFiles({ files }: Pick<Platform, "files">, folder: string): Promise<void> {
  if (!(await files.stat(folder))) return;
  for (const { name } of await files.list(folder))
    if (halfFile.test(name)) await files.remove(files.join(folder, name));
}
