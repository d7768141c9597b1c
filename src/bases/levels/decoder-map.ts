import type { Node, Value } from "../../graph/node.js";
import { ancestorsOf } from "./ancestors.js";
import { type FeatureMap, strideOf } from "./feature-maps.js";
import type { SizedGraph } from "./sized-graph.js";

/** Coarsest stride of a segmenter's output. */
const coarsestOutput = 8;
/** Operators between a segmenter's last convolution and its output. */
const enlarging = new Set(
  `Resize Reshape Transpose Squeeze Unsqueeze Identity Cast Sigmoid Softmax LogSoftmax Clip Relu ArgMax Slice Split
  Add Sub Mul Div Pow BatchNormalization`.split(/\s+/),
);

/** Returns the outputs that hold a value for each place of the picture and are computed from a coarser map. */
export function denseOutputs(
  { graph, batch, height, width, fromPicture }: SizedGraph,
  maps: ReadonlyMap<Value, FeatureMap>,
): Value[] {
  const producers = graph.producers();
  return graph.outputs.filter((value) => {
    const shape = graph.types.get(value)?.shape;
    if (!fromPicture.has(value) || shape?.[0] !== batch) return false;
    // Maps of classes [batch, height, width] have no axis of channels.
    const sides =
      shape.length === 3 ? [shape.slice(1)] : shape.length === 4 ? [shape.slice(2), shape.slice(1, 3)] : [];
    const strides = sides.flatMap(([h, w]) => strideOf(h, w, { height, width }) ?? []);
    const from = ancestorsOf(producers, [value]);
    const coarsest = Math.max(...[...maps.values()].map((map) => (from.has(map.value) ? map.stride : 1)));
    return strides.some((stride) => stride <= coarsestOutput && stride < coarsest);
  });
}

/** Returns the map that a segmenter's last convolution reads; undefined if its output is a sum of several. */
export function decoderMap(
  { graph, fromPicture }: SizedGraph,
  maps: ReadonlyMap<Value, FeatureMap>,
  output: Value,
): FeatureMap | undefined {
  const producers = graph.producers();
  for (let node: Node | undefined = producers.get(output); node; ) {
    if (node.op === "Conv" || node.op === "ConvTranspose") return maps.get(node.inputs[0] ?? "");
    const computed = node.inputs.filter((v) => fromPicture.has(v));
    if (!enlarging.has(node.op) || computed.length !== 1) return undefined;
    node = producers.get(computed[0]!);
  }
  return undefined;
}
