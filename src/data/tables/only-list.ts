import type { Files } from "../../platform/platform.js";
import { listName, partNames } from "../split/found.js";

/**
 * Returns the list in a folder that holds one, and is nothing but the place where it lies: the only CSV, TSV or JSONL file,
 * not called like a part. Any other path is returned as it is.
 */
export async function listIn(files: Files, path: string): Promise<string> {
  if ((await files.stat(path))?.kind !== "folder") return path;
  const lists = (await files.list(path)).filter(
    ({ name, kind }) => kind !== "folder" && !name.startsWith(".") && listName.test(name),
  );
  const [only, ...more] = lists;
  if (only === undefined || more.length > 0) return path;
  if (partNames.has(only.name.replace(/\.\w+$/, "").toLowerCase())) return path;
  return files.join(path, only.name);
}
