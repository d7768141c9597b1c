import { EngraftError } from "../../core/errors.js";
import type { Platform } from "../../platform/platform.js";

// samples.json has about 80 bytes per sample, so this allows a million samples; the other files have a few KB.
const jsonLimit = 128 * 2 ** 20;

/** Reads a JSON file. @throws ModelError that names the file */
export async function readJson({ files }: Platform, path: string): Promise<unknown> {
  const text = new TextDecoder().decode(await files.read(path, { limit: jsonLimit }));
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch (error) {
    throw new EngraftError(
      "ModelError",
      `${path.split(/[\\/]/).at(-1)} is not JSON: ${(error as Error).message}`,
      { at: path, cause: error },
    );
  }
}
