// Models in other forms than ONNX that are read like one. Loaded on demand: most bases are ONNX.
import type { Shape } from "../../core/shape.js";
import { foreignFolder, isTfjsFolder } from "../../data/foreign-models.js";
import type { Platform } from "../../platform/platform.js";
import type { LocatedBase } from "../open/located.js";
import type { OpenedFile } from "../open/opened-file.js";
import { readJson } from "../open/read-json.js";
import { openTfjs, tfjsFacts } from "./tfjs.js";
import { encoderFiles, openTransformers, transformersFormat } from "./transformers.js";

const isSafetensors = (path: string): boolean => /\.safetensors(\.index\.json)?$/i.test(path);

/**
 * Reads a model by the ending of its file: a TF.js model (.json, .zip), or an encoder in safetensors.
 * @param shapes wanted shapes of the inputs by name, where the model takes any
 */
export function openImported(
  path: string,
  platform: Platform,
  shapes: Readonly<Record<string, Shape>>,
): Promise<OpenedFile> {
  return isSafetensors(path) ? openTransformers(path, platform) : openTfjs(path, platform, shapes);
}

/** Returns what the files beside a model say of it. */
export async function importedFacts(path: string, platform: Platform): Promise<Partial<LocatedBase>> {
  return isSafetensors(path) ? { format: transformersFormat } : tfjsFacts(path, platform);
}

/**
 * Returns the file of a folder without an ONNX file that is read like one.
 * @param names of the files in the folder
 * @throws ModelError for a folder of another framework
 */
export async function importedIn(
  folder: string,
  names: readonly string[],
  platform: Platform,
): Promise<string | undefined> {
  const { files } = platform;
  const topology = files.join(folder, "model.json");
  if (isTfjsFolder(names)) return topology;
  // Opened without its weights it says which are missing. Other programs have files of this name, too.
  if (names.includes("model.json")) {
    const { modelTopology } = ((await readJson(platform, topology)) ?? {}) as { modelTopology?: unknown };
    if (modelTopology !== undefined) return topology;
  }
  const weights = encoderFiles.find((one) => names.includes(one));
  if (weights !== undefined) return files.join(folder, weights);
  const foreign = foreignFolder(names, folder);
  if (foreign) throw foreign;
  // A download as it is, such as a file that was dropped on a page.
  const [archive, ...others] = names.filter((name) => /\.zip$/i.test(name));
  return archive !== undefined && others.length === 0 ? files.join(folder, archive) : undefined;
}
