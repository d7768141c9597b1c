import type { Shape } from "../core/shape.js";
import type { ImagePreprocessing } from "../data/dataset.js";
import { Graph } from "../graph/graph.js";
import { inline } from "../graph/surgery/index.js";
import { toOnnx } from "../graph/to-onnx.js";
import type { StoredAs } from "./weight-storage.js";
import { oneHead, withLogits } from "./with-logits.js";

/**
 * Returns the ONNX file of the model folder: `pixel_values` float32[batch, 3, H, W] -> `logits` float32[batch, C],
 * whatever the base's names; standard operators only.
 * @param stored weights stored as 16-bit floats (see weight-storage.ts); default none
 * @param outputs names of the outputs of several heads
 */
export function exportClassifier(
  model: Graph,
  { height, width }: ImagePreprocessing,
  stored: StoredAs = new Map(),
  outputs = oneHead,
): Uint8Array {
  return exportModel(model, "pixel_values", ["batch", 3, height, width], stored, outputs);
}

/** Returns the ONNX file of a model with one float32 input named `name`, and an output for each head. */
export function exportModel(
  model: Graph,
  name: string,
  shape: Shape,
  stored: StoredAs = new Map(),
  outputs = oneHead,
): Uint8Array {
  const graph = new Graph(model.name);
  const input = graph.input(name, { dtype: "float32", shape });
  const [from] = model.inputs;
  const names = inline(graph, model, new Map([[from!, input]]));
  const scores = model.outputs.map((value) => names.get(value)!);
  return withLogits(graph, scores, { model, names, stored, outputs });
}

/**
 * Returns the ONNX file of a detector: `pixel_values` float32[batch, 3, H, W] -> `logits` float32[batch, N, K + D] and `pred_boxes`
 * float32[batch, N, 4].
 * @param model result of `withDetections`
 * @param stored weights stored as 16-bit floats; default none
 */
export function exportDetector(
  model: Graph,
  { height, width }: ImagePreprocessing,
  stored: StoredAs = new Map(),
): Uint8Array {
  const graph = new Graph(model.name);
  const input = graph.input("pixel_values", { dtype: "float32", shape: ["batch", 3, height, width] });
  const names = inline(graph, model, new Map([[model.inputs[0]!, input]]));
  graph.outputs.push(...model.outputs.map((output) => names.get(output)!));
  for (const [domain, version] of model.opsets) graph.opsets.set(domain, version);
  return toOnnx(graph, { storeAs: new Map([...stored].map(([name, type]) => [names.get(name)!, type])) });
}
