import type { BaseModality } from "../../core/modalities.js";
import type { Platform } from "../../platform/platform.js";
import { readJson } from "../open/read-json.js";
import { findModelFolder } from "./model-folder.js";

/**
 * Returns the modality of a model folder by its files: texts have a tokenizer, and the front end of sounds has a sampling rate.
 * @throws ModelError for a folder without a model, or with a damaged preprocessor_config.json
 */
export async function modalityOfFolder(platform: Platform, path: string): Promise<BaseModality> {
  const { files } = platform;
  const dir = await findModelFolder(platform, path);
  const has = async (name: string) => (await files.stat(files.join(dir, name))) !== undefined;
  if (await has("tokenizer.json")) return "text";
  if (!(await has("preprocessor_config.json"))) return "image";
  const preprocessor = await readJson(platform, files.join(dir, "preprocessor_config.json"));
  const { sampling_rate: rate } = (preprocessor ?? {}) as { readonly sampling_rate?: unknown };
  return typeof rate === "number" ? "audio" : "image";
}
