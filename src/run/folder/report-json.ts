import { parseJson } from "../../core/parse-json.js";
import type { Platform } from "../../platform/platform.js";

/** Largest file, in bytes: explanations of a hundred rows of a thousand columns are 10 MB. */
const largest = 2 ** 25;

/**
 * Reads a JSON file that the report of a run needs; undefined if there is none, or if it is damaged.
 * @param isSound checks everything that the report reads: the file may come from anywhere
 */
export async function readReportJson<T>(
  { files }: Platform,
  path: string,
  isSound: (json: unknown) => json is T,
): Promise<T | undefined> {
  if (!(await files.stat(path))) return undefined;
  try {
    const json: unknown = parseJson(new TextDecoder().decode(await files.read(path, { limit: largest })));
    return isSound(json) ? json : undefined;
  } catch {
    return undefined;
  }
}
