import { pixelInput, withPixels } from "../../bases/pixels.js";
import { float32, type Tensor } from "../../core/tensor.js";
import type { ImagePreprocessing } from "../../data/index.js";
import { Builder } from "../../graph/builder.js";
import { Graph } from "../../graph/graph.js";
import { inline } from "../../graph/surgery/index.js";

/**
 * Returns a model that takes pixels of another size, uint8[batch, h, w, 3], and resizes them in the graph.
 *
 * y = P x Qᵀ by channel. P and Q have triangular weights, as wide as a pixel of the coarser grid: bilinear, with smoothing if
 * it shrinks, as in PIL's BILINEAR. The result is rounded to whole values, as in a picture.
 */
export function withResizedPixels(
  model: Graph,
  preprocessing: ImagePreprocessing,
  from: { readonly height: number; readonly width: number },
): Graph {
  const { height, width } = preprocessing;
  const own = withPixels(model, preprocessing);
  if (from.height === height && from.width === width) return own;
  const graph = new Graph(own.name);
  const g = new Builder(graph, "resize");
  const raw = graph.input(pixelInput, { dtype: "uint8", shape: ["batch", from.height, from.width, 3] });
  const planes = g.transpose(g.cast(raw, "float32"), [0, 3, 1, 2]);
  const rows = g.matmul(g.constant(resampling(height, from.height, false)), planes);
  const resized = g.matmul(rows, g.constant(resampling(width, from.width, true)));
  const whole = g.cast(g.clip(g.add(resized, g.number(0.5)), g.number(0), g.number(255)), "uint8");
  const names = inline(graph, own, new Map([[own.inputs[0]!, g.transpose(whole, [0, 2, 3, 1])]]));
  graph.outputs.push(...own.outputs.map((o) => names.get(o)!));
  for (const [domain, version] of own.opsets) graph.opsets.set(domain, version);
  return graph;
}

/** Returns the weights of `from` pixels for each of `to`, float32[to, from]. Rows sum to 1; pixel centres are at i + ½. */
export function resampling(to: number, from: number, transposed: boolean): Tensor {
  const data = new Float32Array(to * from);
  const scale = from / to;
  const support = Math.max(1, scale);
  for (let i = 0; i < to; i++) {
    const centre = (i + 0.5) * scale;
    const weights = Array.from({ length: from }, (_, j) =>
      Math.max(0, 1 - Math.abs(j + 0.5 - centre) / support),
    );
    const sum = weights.reduce((a, b) => a + b);
    for (const [j, w] of weights.entries()) data[transposed ? j * to + i : i * from + j] = w / sum;
  }
  return float32(transposed ? [from, to] : [to, from], data);
}
