import { didYouMean } from "../core/nearest.js";
import type { Files } from "./platform.js";

/** Returns `did you mean assets/demo? ` for a missing path, from the names in its folder; "" if none is similar. */
export async function nearestPath(files: Files, given: string): Promise<string> {
  const path = files.resolve(given);
  const folder = files.dirname(path);
  const name = files.relative(folder, path);
  try {
    const names = (await files.list(folder)).map((entry) => entry.name).filter((one) => !one.startsWith("."));
    const before = given.slice(0, Math.max(given.lastIndexOf("/"), given.lastIndexOf("\\")) + 1);
    // Stricter than for options, because a folder holds arbitrary names.
    return didYouMean(name, names, 1 / 4).replace("did you mean ", `did you mean ${before}`);
  } catch {
    // The folder does not exist either.
    return "";
  }
}
