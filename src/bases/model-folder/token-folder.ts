import { EngraftError } from "../../core/errors.js";
import type { Shape } from "../../core/shape.js";
import { defaultLength, openTokenizer, type Tokenizer } from "../../data/texts/tokenizer.js";
import { fromOnnx } from "../../graph/from-onnx.js";
import type { Graph } from "../../graph/graph.js";
import type { Platform } from "../../platform/platform.js";
import { nameOfEncoder } from "../open/open-base.js";
import { readJson } from "../open/read-json.js";
import type { NamedHead } from "../task-heads.js";
import {
  type EngraftManifest,
  findModelFolder,
  readHeads,
  readLabels,
  readManifest,
} from "./model-folder.js";

/**
 * A text model with a tokenizer: `input_ids`, `attention_mask` int64[batch, length] -> logits float32[batch, C], or
 * float32[batch, length, C] if it predicts for each token.
 */
export interface TokenFolder {
  readonly dir: string;
  readonly graph: Graph;
  readonly tokenizer: Tokenizer;
  readonly classes: readonly string[];
  /** Shapes that the outputs must have, in their order: see `ExpectedOutputs`. */
  readonly outputShapes: readonly Shape[];
  readonly engraft: EngraftManifest | undefined;
  /** Set if the file has several heads. */
  readonly tasks?: readonly NamedHead[] | undefined;
}

/** True if a model folder has a tokenizer. */
export async function hasTokenizer(platform: Platform, path: string): Promise<boolean> {
  const dir = await findModelFolder(platform, path);
  return (await platform.files.stat(platform.files.join(dir, "tokenizer.json"))) !== undefined;
}

/** Reads a JSON file with an object; a missing file is an empty one. */
async function readObject(platform: Platform, path: string): Promise<Readonly<Record<string, unknown>>> {
  const isThere = (await platform.files.stat(path)) !== undefined;
  return isThere ? (((await readJson(platform, path)) ?? {}) as Readonly<Record<string, unknown>>) : {};
}

/** Reads the tokenizer of a model folder. @param i number of the text encoder, from 0 on */
export async function readTokenizer(platform: Platform, dir: string, i = 0): Promise<Tokenizer> {
  const object = (name: string) => readObject(platform, platform.files.join(dir, nameOfEncoder(name, i)));
  const config = await object("tokenizer_config.json");
  const { model_max_length: longest } = config;
  return openTokenizer(
    { name: nameOfEncoder("tokenizer.json", i), tokenizer: await object("tokenizer.json"), config },
    typeof longest === "number" && longest >= 3 && longest <= 8192 ? Math.floor(longest) : defaultLength,
  );
}

/** Reads the model folder of a text model with a tokenizer. @throws ModelError if it is damaged */
export async function readTokenFolder(
  platform: Platform,
  path: string,
  answers: "texts" | "tokens" = "texts",
): Promise<TokenFolder> {
  const { files } = platform;
  const dir = await findModelFolder(platform, path);
  const file = (name: string): string => files.join(dir, name);
  const has = async (name: string) => (await files.stat(file(name))) !== undefined;
  const tokenizerOf = async (i: number): Promise<Tokenizer> => {
    if (i > 0 && !(await has(nameOfEncoder("tokenizer.json", i))))
      throw new EngraftError("ModelError", "the model has 2 text encoders and one tokenizer", {
        at: file(nameOfEncoder("tokenizer.json", i)),
        help: "the model folder is damaged: copy it again, or train the model again",
      });
    return readTokenizer(platform, dir, i);
  };
  const first = await tokenizerOf(0);
  const named = await readObject(platform, file("config.json"));
  if (named.id2label === undefined) throw (await import("./no-classes.js")).noClasses(named, dir);
  const { graph } = fromOnnx(await files.read(file("onnx/model.onnx")));
  // Loaded on demand: few models have two encoders.
  const tokenizer = graph.inputs.includes(nameOfEncoder("input_ids", 1))
    ? (await import("../../data/texts/join-tokenizers.js")).joinTokenizers([first, await tokenizerOf(1)])
    : first;
  const classes = readLabels(named, file("config.json"));
  const shape = graph.types.get(graph.outputs[0] ?? "")?.shape;
  const scores = shape?.[answers === "texts" ? 1 : 2];
  if (!graph.inputs.includes("input_ids") || scores !== classes.length)
    throw new EngraftError(
      "ModelError",
      `the model takes ${graph.inputs.join(", ")} and gives ${scores} scores; a ${answers === "texts" ? "text classifier" : "classifier of tokens"} of ${classes.length} classes takes input_ids`,
      { at: dir, help: "onnx/model.onnx and config.json are not of the same model" },
    );
  const engraft = (await has("engraft.json"))
    ? readManifest(await readJson(platform, file("engraft.json")), file("engraft.json"))
    : undefined;
  const outputShapes =
    answers === "texts" ? [["batch", classes.length]] : [["batch", "length", classes.length]];
  const tasks = await readHeads(named, file("config.json"));
  return { dir, graph, tokenizer, classes, outputShapes, engraft, tasks };
}
