import { mkdir, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { codeOf, fileError } from "./file-errors.js";

/**
 * Create a folder and those above it. Not `recursive: true`: under a folder that refuses with "not found", such as
 * /proc, Node 20 would try for ever, and on a read-only disk it says "not found" as well.
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
    // Another process may have been faster, with this folder or, a moment ago, with the one above: then the second
    // try finds it, and where the folder above refuses with "not found", the second try says so as well.
    await mkdir(path).catch((second: unknown) => {
      if (codeOf(second) !== "EEXIST") throw second;
    });
  }
}
