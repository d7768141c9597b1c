import { EngraftError } from "../../core/errors.js";
import type { Shape } from "../../core/shape.js";
import type { BagOfWords } from "../../data/texts/index.js";
import { fromOnnx } from "../../graph/from-onnx.js";
import type { Graph } from "../../graph/graph.js";
import type { Platform } from "../../platform/platform.js";
import { readJson } from "../open/read-json.js";
import { type EngraftManifest, findModelFolder, readLabels, readManifest } from "./model-folder.js";

/** A bag-of-words model: word counts float32[batch, terms] -> logits float32[batch, C]. */
export interface TextFolder {
  readonly dir: string;
  readonly graph: Graph;
  readonly bag: BagOfWords;
  readonly classes: readonly string[];
  /** Shapes that the outputs must have, in their order: see `ExpectedOutputs`. */
  readonly outputShapes: readonly Shape[];
  /** Missing for a folder from before texts had a manifest. */
  readonly engraft: EngraftManifest | undefined;
}

/** Reads the model folder of a bag-of-words model. @throws ModelError if it is no such folder, or damaged */
export async function readTextFolder(platform: Platform, path: string): Promise<TextFolder> {
  const { files } = platform;
  const dir = await findModelFolder(platform, path);
  const file = (name: string): string => files.join(dir, name);
  const has = async (name: string) => (await files.stat(file(name))) !== undefined;
  if (!(await has("bag_of_words.json")))
    throw new EngraftError("ModelError", `the model ${path} is not of texts: it has no bag_of_words.json`, {
      at: dir,
      help: "give a model folder that `engraft adapt` wrote for texts",
    });
  const bag = (await readJson(platform, file("bag_of_words.json"))) as Partial<BagOfWords> | null;
  const { graph } = fromOnnx(await files.read(file("onnx/model.onnx")));
  const columns = graph.types.get(graph.inputs[0] ?? "")?.shape?.[1];
  const sound =
    bag?.format === 1 &&
    Array.isArray(bag.terms) &&
    bag.terms.every((term) => typeof term === "string") &&
    Array.isArray(bag.idf) &&
    bag.idf.length === bag.terms.length &&
    bag.idf.every(Number.isFinite) &&
    columns === bag.terms.length;
  if (!sound)
    throw new EngraftError(
      "ModelError",
      "bag_of_words.json does not say how texts become the model's input",
      {
        at: file("bag_of_words.json"),
        help: "the model folder is damaged: train it again",
        details: { terms: bag?.terms?.length, inputs: columns },
      },
    );
  const classes = readLabels(await readJson(platform, file("config.json")), file("config.json"));
  const scores = graph.types.get(graph.outputs[0] ?? "")?.shape?.[1];
  if (scores !== classes.length)
    throw new EngraftError(
      "ModelError",
      `the model gives ${scores} scores, its config.json names ${classes.length} classes`,
      { at: dir, help: "onnx/model.onnx and config.json are not of the same model" },
    );
  const engraft = (await has("engraft.json"))
    ? readManifest(await readJson(platform, file("engraft.json")), file("engraft.json"))
    : undefined;
  const outputShapes = [["batch", classes.length]];
  return { dir, graph, bag: bag as BagOfWords, classes, outputShapes, engraft };
}
