import { mkdir, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { codeOf, fileError } from "./file-errors.js";
import { cacheDir } from "./node-cache.js";

/** Mode of a folder that other users of the machine cannot read. */
export const privateMode = 0o700;

/**
 * Creates a folder and its parents. Not `recursive: true`: under a folder that refuses with "not found", such as /proc,
 * Node 20 would retry forever; on a read-only disk it says "not found" too.
 * The cache folder is private: it holds features of the user's data. A folder that exists keeps its mode.
 * @param mode of the last folder @throws FileError
 */
export async function ensureDir(path: string, mode?: number): Promise<void> {
  try {
    await makeDir(path, mode);
  } catch (error) {
    throw fileError("create the folder", path, error);
  }
}

async function makeDir(path: string, given?: number): Promise<void> {
  const mode = given ?? (path === cacheDir() ? privateMode : undefined);
  try {
    await mkdir(path, { mode });
  } catch (error) {
    const code = codeOf(error);
    const there = await stat(path).catch(() => undefined);
    if (there?.isDirectory()) return;
    if (there !== undefined) throw Object.assign(new Error("is a file"), { code: "ENOTDIR" });
    const parent = dirname(path);
    if (code !== "ENOENT" || parent === path) throw error;
    if ((await stat(parent).catch(() => undefined)) === undefined) await makeDir(parent);
    // Another process may have created this folder or its parent meanwhile. Then the second try finds it; if the parent
    // refuses with "not found", the second try reports that.
    await mkdir(path, { mode }).catch((second: unknown) => {
      if (codeOf(second) !== "EEXIST") throw second;
    });
  }
}
