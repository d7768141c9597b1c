import { didYouMean } from "../core/nearest.js";
import type { Files } from "./platform.js";

/** Returns `did you mean assets/demo? ` for a path that is not there, by the names beside it; nothing where none is near. */
export async function nearestPath(files: Files, given: string): Promise<string> {
  const path = files.resolve(given);
  const folder = files.dirname(path);
  const name = files.relative(folder, path);
  try {
    const names = (await files.list(folder)).map((entry) => entry.name).filter((one) => !one.startsWith("."));
    const before = given.slice(0, Math.max(given.lastIndexOf("/"), given.lastIndexOf("\\")) + 1);
    // Stricter than for options: a folder holds any names.
    return didYouMean(name, names, 1 / 4).replace("did you mean ", `did you mean ${before}`);
  } catch {
    // The folder is not there either.
    return "";
  }
}
