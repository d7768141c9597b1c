import { messageOf } from "../../core/errors.js";
import { draws } from "../../core/random.js";
import { float32, type Tensor } from "../../core/tensor.js";
import type { Graph } from "../../graph/graph.js";
import { type ModelFile, writeBack } from "../../graph/import/write-back.js";
import { parametersOf } from "../../graph/surgery/index.js";
import type { Platform } from "../../platform/platform.js";
import type { Runtime } from "../../runtime/runtime.js";
import { withWeights } from "../heads.js";
import { type Base, modelSha256, openModelFile, type TextFacts } from "../open/open-base.js";
import { roundedAs, storedAs } from "../weight-storage.js";
import { scoresName } from "./next-scores.js";
import { compareServed } from "./open-scores.js";

/** A decoder whose file has inputs for earlier keys and values. */
type Served = Base & { readonly text: TextFacts };
type Where = { readonly platform: Platform; readonly runtime: Runtime };

/** Returns whether a base has a file with a cache, into which trained weights may be written back. */
export const hasCache = ({ imported, file }: Served): boolean =>
  imported.cache !== undefined && file !== undefined && scoresName(imported.graph) !== undefined;

/**
 * Tries to write other weights into the file of a base, before a training begins: all its weights with random changes.
 * @returns why the file would not serve them; undefined if it does
 */
export async function whyNotServed(base: Served, where: Where): Promise<string | undefined> {
  const { graph, storedAs: cameAs } = base.imported;
  const changed = new Map<string, Tensor>();
  for (const { value, kind } of parametersOf(graph))
    if (kind !== "statistic") changed.set(value, otherNumbers(graph.initializers.get(value)!, value));
  const other = withWeights(graph, changed);
  const made = await writtenFile(base, roundedAs(other, storedAs(other, "same", cameAs)), where);
  return typeof made === "string" ? made : undefined;
}

/** Changes every number of a weight, zeros too, by more than 16-bit rounding does. */
function otherNumbers({ dims, data }: Tensor, name: string): Tensor<"float32"> {
  const numbers = data as Float32Array;
  const source = draws(0, "served", name);
  const largest = numbers.reduce((most, x) => Math.max(most, Math.abs(x)), 0) || 0.1;
  return float32(
    dims,
    numbers.map((x) => x + 0.4 * largest * (source.uniform() - 0.5)),
  );
}

/**
 * Returns the files of a trained decoder in the form of its base: the model, and its files with weights. Or why the file would not serve
 * what was trained.
 * @param after the base's graph with trained weights
 */
export async function servedFiles(
  base: Served,
  after: Graph,
  where: Where,
): Promise<readonly (readonly [path: string, content: Uint8Array])[] | string> {
  const { files } = where.platform;
  const path = base.file!.onnx;
  const made = await writtenFile(base, after, where);
  if (typeof made === "string") return made;
  const name = files.relative(files.dirname(path), path);
  // Transformers.js looks for these names. A file with external weights keeps its own, which theirs follow.
  const isKept = /^model(_fp16)?\.onnx$/.test(name) || made.externalData.size > 0;
  return [
    [`onnx/${isKept ? name : "model.onnx"}`, made.bytes],
    ...[...made.externalData].map(([location, bytes]) => [`onnx/${location}`, bytes] as const),
  ];
}

/**
 * Returns the file of a base with other weights, or why it would not serve them.
 *
 * The file is run: the scores after a prompt, and a token later with the cache, must be those of the graph. A weight that was put into one
 * copy and not into another changes them; that the cache agrees with recomputation would not show it.
 */
async function writtenFile(
  base: Served,
  after: Graph,
  { platform, runtime }: Where,
): Promise<ModelFile | string> {
  const opened = await openModelFile(base.file!.onnx, platform);
  if ((await modelSha256(opened, platform)) !== base.sha256) return "the file changed during the training";
  let written: ModelFile;
  try {
    written = writeBack(opened, base.imported.graph.initializers, after.initializers);
  } catch (error) {
    return messageOf(error);
  }
  const compared = await compareServed(runtime, base, after, { ...written, bytes: written.bytes.slice() });
  if (!compared) return "the runtime cannot run the file with its cache";
  const { difference, tolerance } = compared;
  if (difference <= tolerance) return written;
  return `its scores would differ from the trained ones by ${difference.toExponential(1)} of the largest: a branch holds weights of its own`;
}
