import { EngraftError } from "../../core/errors.js";
import type { Shape } from "../../core/shape.js";
import { fromOnnx } from "../../graph/from-onnx.js";
import type { Graph } from "../../graph/graph.js";
import type { Platform } from "../../platform/platform.js";
import {
  type EngraftManifest,
  findModelFolder,
  readHeads,
  readLabels,
  readManifest,
} from "../model-folder/model-folder.js";
import { readJson } from "../open/read-json.js";
import type { NamedHead } from "../task-heads.js";
import { audioFacts } from "./audio-base.js";
import type { AudioFacts } from "./audio-facts.js";
import type { PreprocessorConfig } from "./extractors.js";

/** A model folder of sounds: `input_values` -> `logits`. */
export interface AudioFolder {
  readonly dir: string;
  readonly graph: Graph;
  readonly audio: Omit<AudioFacts, "config">;
  readonly engraft: EngraftManifest | undefined;
}

/** What a reader of a model folder needs to read the names of its outputs. */
interface OpenedAudioFolder {
  readonly folder: AudioFolder;
  /** Shape of the logits; undefined if the file does not state it. */
  readonly shape: Shape | undefined;
  /** Returns the path of a file of the folder. */
  readonly file: (name: string) => string;
  /** Reads a JSON file of the folder; undefined if there is none. */
  readonly json: (name: string) => Promise<unknown>;
}

/** Opens a model folder of sounds, whatever its outputs are. @throws ModelError if it is damaged, or takes no sounds */
export async function openAudioFolder(platform: Platform, path: string): Promise<OpenedAudioFolder> {
  const { files } = platform;
  const dir = await findModelFolder(platform, path);
  const file = (name: string): string => files.join(dir, name);
  const json = async (name: string): Promise<unknown> =>
    (await files.stat(file(name))) ? await readJson(platform, file(name)) : undefined;
  const onnx = file(files.join("onnx", "model.onnx"));
  const { graph } = fromOnnx(await files.read(onnx));
  const preprocessor = (await json("preprocessor_config.json")) as PreprocessorConfig | undefined;
  const audio = audioFacts(graph, preprocessor, { name: dir, onnx });
  const manifest = await json("engraft.json");
  const engraft = manifest === undefined ? undefined : readManifest(manifest, file("engraft.json"));
  const shape = graph.types.get(graph.outputs[0] ?? "")?.shape;
  return { folder: { dir, graph, audio, engraft }, shape, file, json };
}

/** A model folder with one row of scores for each sound: `input_values` -> `logits` float32[batch, C]. */
export interface SoundFolder extends AudioFolder {
  /** Names of the outputs: classes, labels or numbers. */
  readonly classes: readonly string[];
  /** Shapes that the outputs must have, in their order: see `ExpectedOutputs`. */
  readonly outputShapes: readonly Shape[];
  /** Set if the file has several heads. */
  readonly tasks?: readonly NamedHead[] | undefined;
}

/** Reads a model folder with one row of scores for each sound. @throws ModelError if it is damaged, or takes no sounds */
export async function readSoundFolder(platform: Platform, path: string): Promise<SoundFolder> {
  const { folder, shape, file, json } = await openAudioFolder(platform, path);
  const config = await json("config.json");
  const classes = readLabels(config, file("config.json"));
  const tasks = await readHeads(config, file("config.json"));
  if (shape?.length !== 2 || shape[1] !== classes.length)
    throw new EngraftError(
      "ModelError",
      `the model gives ${shape?.at(-1)} scores, its config.json names ${classes.length} classes`,
      { at: folder.dir, help: "onnx/model.onnx and config.json are not of the same model" },
    );
  return { ...folder, classes, tasks, outputShapes: [["batch", classes.length]] };
}
