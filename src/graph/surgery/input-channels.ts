import { EngraftError } from "../../core/errors.js";
import { formatShape, type StaticShape } from "../../core/shape.js";
import { float32, type Tensor } from "../../core/tensor.js";
import type { Graph } from "../graph.js";
import type { OpNode, Value } from "../node.js";

/**
 * Adapts the weight of a first convolution to another number of input channels.
 *
 * I to 1: the sum over channels, W'[o, 0] = Σ_i W[o, i]. The response to a grey image equals the old response to
 * the same image in every channel. I to N: repeated channels, W'[o, n] = W[o, n mod I] · I / N. This keeps the size
 * of the response to an image with equal channels (exactly if N is a multiple of I or I is 1).
 *
 * @param weight float32[O, I, …]
 * @see timm `adapt_input_conv` (models/_manipulate.py), which this equals for I = 3
 */
export function adaptChannels(weight: Tensor, channels: number): Tensor {
  const [outputs = 0, from = 0, ...kernel] = weight.dims;
  const size = kernel.reduce((a, b) => a * b, 1);
  const old = weight.data as Float32Array;
  const data = new Float32Array(outputs * channels * size);
  for (let o = 0; o < outputs; o++)
    for (let n = 0; n < channels; n++)
      for (let k = 0; k < size; k++) {
        let sum = 0;
        if (channels === 1) for (let i = 0; i < from; i++) sum += old[(o * from + i) * size + k]!;
        else sum = (old[(o * from + (n % from)) * size + k]! * from) / channels;
        data[(o * channels + n) * size + k] = sum;
      }
  return float32([outputs, channels, ...kernel], data);
}

/** Returns the convolution that reads the graph's input directly, with its weight. */
function firstConvolution(
  graph: Graph,
): { readonly node: OpNode<"Conv">; readonly weight: Value } | undefined {
  const [input] = graph.inputs;
  const readers = graph.nodes.filter((node) => node.inputs.includes(input!));
  const [node] = readers;
  if (readers.length !== 1 || node?.kind !== "op" || node.op !== "Conv" || node.inputs[0] !== input)
    return undefined;
  const weight = node.inputs[1]!;
  const tensor = graph.initializers.get(weight);
  const shared = graph.nodes.some((other) => other !== node && other.inputs.includes(weight));
  if (tensor?.dtype !== "float32" || node.attributes.group !== 1 || shared) return undefined;
  return { node: node as OpNode<"Conv">, weight };
}

/**
 * Returns the model for images with another number of channels, with an adapted first convolution.
 * @throws ModelError if its input is not read by exactly one convolution
 * @example adaptInputChannels(graph, 4)
 */
export function adaptInputChannels(graph: Graph, channels: number): Graph {
  const [input] = graph.inputs;
  const type = input === undefined ? undefined : graph.types.get(input);
  if (type?.shape?.[1] === channels) return graph;
  const first = firstConvolution(graph);
  if (input === undefined || !first || !Number.isInteger(channels) || channels < 1)
    throw new EngraftError(
      "ModelError",
      `the model cannot be adapted to ${channels} channels: its input is not read by one convolution with float weights`,
      { help: "export it for pictures with that many channels" },
    );
  const copy = graph.clone();
  const weight = adaptChannels(graph.initializers.get(first.weight)!, channels);
  copy.initializers.set(first.weight, weight);
  copy.types.set(first.weight, { dtype: "float32", shape: weight.dims as StaticShape });
  const shape = [...(type?.shape ?? ["batch", null, null, null])];
  shape[1] = channels;
  copy.types.set(input, { dtype: "float32", shape });
  return copy;
}

/** True if two weights differ only in input channels: [64, 3, 7, 7] and [64, 1, 7, 7]. */
export function channelsDiffer(from: readonly number[], to: readonly number[]): boolean {
  return (
    from.length === 4 &&
    to.length === 4 &&
    from[1] !== to[1] &&
    from.every((d, i) => i === 1 || d === to[i]) &&
    formatShape(from) !== formatShape(to)
  );
}
