import { EngraftError } from "../../core/errors.js";
import type { Graph } from "../../graph/graph.js";
import { parametersOf } from "../../graph/surgery/index.js";
import type { Platform } from "../../platform/platform.js";
import { type Base, modelSha256, openModelFile, type TextFacts } from "../open/open-base.js";
import { type FileWeights, requirePlaces, writeBack } from "./write-back.js";

/** A base with its own file, whose inputs for earlier keys and values are part of what a model folder serves. */
type Served = Base & { readonly text: TextFacts };

/** Returns whether trained weights of a base are written back into its own file: that of a decoder with a cache. */
export const keepsFile = ({ imported, text }: Served): boolean =>
  imported.cache !== undefined && text.file !== undefined;

/** @throws ModelError if trained weights of a base could not be written back into its file */
export async function requireWritable(base: Served, platform: Platform): Promise<void> {
  const { graph } = base.imported;
  requirePlaces(
    await openModelFile(base.text.file!, platform),
    new Map(
      parametersOf(graph)
        .filter(({ kind }) => kind !== "statistic")
        .map(({ value }) => [value, graph.initializers.get(value)!]),
    ),
  );
}

/**
 * Returns the files of a trained decoder in the form of its base: the model, and its files with weights.
 * @param after trained weights, by the names in the base's graph
 * @throws ModelError if the file of the base has changed
 */
export async function servedFiles(
  base: Served,
  after: Graph,
  platform: Platform,
): Promise<readonly (readonly [path: string, content: Uint8Array])[]> {
  const path = base.text.file!;
  const { files } = platform;
  const opened = await openModelFile(path, platform);
  if ((await modelSha256(opened, platform)) !== base.sha256)
    throw new EngraftError("ModelError", "the file of the base changed while it was trained", {
      at: path,
      help: "put the file back that the training began with, and resume the run",
    });
  const before: FileWeights = base.imported.graph.initializers;
  const written = writeBack(opened, before, after.initializers);
  return [
    [`onnx/${files.relative(files.dirname(path), path)}`, written.bytes],
    ...[...written.externalData].map(([location, bytes]) => [`onnx/${location}`, bytes] as const),
  ];
}
