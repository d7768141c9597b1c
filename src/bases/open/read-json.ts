import { EngraftError } from "../../core/errors.js";
import { parseJson } from "../../core/parse-json.js";
import type { Platform } from "../../platform/platform.js";

// samples.json has about 170 bytes per text, so this allows 1.5 million texts; the other files have a few KB.
const jsonLimit = 256 * 2 ** 20;

/** Reads a JSON file. @throws ModelError that names the file */
export async function readJson({ files }: Platform, path: string): Promise<unknown> {
  const text = new TextDecoder().decode(await files.read(path, { limit: jsonLimit }));
  try {
    return parseJson(text.replace(/^\uFEFF/, ""));
  } catch (error) {
    throw new EngraftError(
      "ModelError",
      `${path.split(/[\\/]/).at(-1)} is not JSON: ${(error as Error).message}`,
      { at: path, cause: error },
    );
  }
}
