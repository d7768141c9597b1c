import { float32 } from "../core/tensor.js";
import type { ImagePreprocessing } from "../data/dataset.js";
import { Builder } from "../graph/builder.js";
import { Graph } from "../graph/graph.js";
import type { Value } from "../graph/node.js";
import { inline } from "../graph/surgery/index.js";

/** Name of the input that {@link withPixels} adds: uint8[batch, height, width, 3], RGB. */
export const pixelInput: Value = "pixels";

/** Converts pixels to the input of a base: uint8 or float32[batch, height, width, 3], RGB -> float32[batch, 3, height, width]. */
export function pixelValues(
  g: Builder,
  raw: Value,
  { rescale, mean, std, channels }: Omit<ImagePreprocessing, "height" | "width">,
): Value {
  let x = g.transpose(g.cast(raw, "float32"), [0, 3, 1, 2]);
  if (channels === "bgr") x = g.gather(x, g.ints([2, 1, 0]), 1);
  const scale = float32(
    [1, 3, 1, 1],
    std.map((s) => rescale / s),
  );
  const shift = float32(
    [1, 3, 1, 1],
    mean.map((m, c) => -m / std[c]!),
  );
  return g.add(g.mul(x, g.constant(scale)), g.constant(shift));
}

/**
 * Prepends the preprocessing to a model, so that raw bytes are fed (a quarter of the size of floats): x[n, c, h, w] =
 * pixel[n, h, w, c] · rescale / std[c] - mean[c] / std[c], channels reversed for BGR. Only for running here: exported
 * models take `pixel_values` (the contract of the model folder).
 */
export function withPixels(model: Graph, preprocessing: ImagePreprocessing): Graph {
  const { height, width } = preprocessing;
  const graph = new Graph(model.name);
  const g = new Builder(graph, "pixels");
  const raw = graph.input(pixelInput, { dtype: "uint8", shape: ["batch", height, width, 3] });
  const x = pixelValues(g, raw, preprocessing);
  const names = inline(graph, model, new Map([[model.inputs[0]!, x]]));
  graph.outputs.push(...model.outputs.map((o) => names.get(o)!));
  for (const [domain, version] of model.opsets) graph.opsets.set(domain, version);
  return graph;
}
