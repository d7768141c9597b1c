import { EngraftError } from "../../core/errors.js";
import { modelJsonLimit } from "../../core/file-limits.js";
import type { Platform } from "../../platform/platform.js";

/** Reads a JSON file. @throws ModelError that names the file */
export async function readJson({ files }: Platform, path: string): Promise<unknown> {
  const text = new TextDecoder().decode(await files.read(path, { limit: modelJsonLimit }));
  const { parseJson } = await import("../../core/parse-json.js");
  try {
    return parseJson(text.replace(/^\uFEFF/, ""));
  } catch (error) {
    throw new EngraftError(
      "ModelError",
      `${path.split(/[\\/]/).at(-1)} is not JSON: ${(error as Error).message}`,
      { at: path, help: "save it again, or copy or download it again", cause: error },
    );
  }
}
