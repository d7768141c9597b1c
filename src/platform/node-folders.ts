import { mkdir, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { codeOf, fileError } from "./file-errors.js";

/**
 * Creates a folder and its parents. Not `recursive: true`: under a folder that refuses with "not found", such as /proc,
 * Node 20 would retry forever; on a read-only disk it says "not found" too.
 * @throws FileError
 */
export async function ensureDir(path: string): Promise<void> {
  try {
    await makeDir(path);
  } catch (error) {
    throw fileError("create the folder", path, error);
  }
}

async function makeDir(path: string): Promise<void> {
  try {
    await mkdir(path);
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
    await mkdir(path).catch((second: unknown) => {
      if (codeOf(second) !== "EEXIST") throw second;
    });
  }
}
