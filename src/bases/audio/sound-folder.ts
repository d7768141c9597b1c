import { EngraftError } from "../../core/errors.js";
import { fromOnnx } from "../../graph/from-onnx.js";
import type { Graph } from "../../graph/graph.js";
import type { Platform } from "../../platform/platform.js";
import {
  type EngraftManifest,
  findModelFolder,
  readLabels,
  readManifest,
} from "../model-folder/model-folder.js";
import { readJson } from "../open/read-json.js";
import { audioFacts } from "./audio-base.js";
import type { AudioFacts } from "./audio-facts.js";
import type { PreprocessorConfig } from "./extractors.js";

/** A model folder of sounds: `input_values` -> `logits` float32[batch, C]. */
export interface SoundFolder {
  readonly dir: string;
  readonly graph: Graph;
  readonly audio: Omit<AudioFacts, "config">;
  readonly classes: readonly string[];
  readonly engraft: EngraftManifest | undefined;
}

/** Reads the model folder of a sound classifier. @throws ModelError if it is damaged, or takes no sounds */
export async function readSoundFolder(platform: Platform, path: string): Promise<SoundFolder> {
  const { files } = platform;
  const dir = await findModelFolder(platform, path);
  const file = (name: string): string => files.join(dir, name);
  const json = async (name: string) =>
    (await files.stat(file(name))) ? await readJson(platform, file(name)) : undefined;
  const onnx = file(files.join("onnx", "model.onnx"));
  const { graph } = fromOnnx(await files.read(onnx));
  const preprocessor = (await json("preprocessor_config.json")) as PreprocessorConfig | undefined;
  const audio = audioFacts(graph, preprocessor, { name: dir, onnx });
  const classes = readLabels(await json("config.json"), file("config.json"));
  const shape = graph.types.get(graph.outputs[0] ?? "")?.shape;
  if (shape?.length !== 2 || shape[1] !== classes.length)
    throw new EngraftError(
      "ModelError",
      `the model gives ${shape?.at(-1)} scores, its config.json names ${classes.length} classes`,
      { at: dir, help: "onnx/model.onnx and config.json are not of the same model" },
    );
  const engraft = await json("engraft.json");
  return {
    ...{ dir, graph, audio, classes },
    engraft: engraft === undefined ? undefined : readManifest(engraft, file("engraft.json")),
  };
}
