import { EngraftError } from "../../core/errors.js";
import { formatShape, type StaticShape } from "../../core/shape.js";
import { float32, type Tensor } from "../../core/tensor.js";
import type { Graph } from "../graph.js";
import type { OpNode, Value } from "../node.js";

/**
 * A first convolution's weight for another number of input channels.
 *
 * One channel from I: the sum over them, W'[o, 0] = Σ_i W[o, i], which answers to a grey picture what the old weight
 * answered to the same picture in every channel. N from I: the channels repeated, W'[o, n] = W[o, n mod I] · I / N, which
 * keeps the size of the answer to a picture whose channels are equal (exactly, where N is a multiple of I or I is 1).
 *
 * @param weight float32[O, I, …]
 * @see timm `adapt_input_conv` (models/_manipulate.py), which this is for I = 3
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

/** The convolution that reads the graph's input itself, with its weight. */
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
 * The same model for pictures with another number of channels: its first convolution is inflated or shrunk.
 * @throws ModelError when its input is not read by one convolution of its own
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

/** "[64, 3, 7, 7] for [64, 1, 7, 7]": can one weight become the other by its channels? */
export function channelsDiffer(from: readonly number[], to: readonly number[]): boolean {
  return (
    from.length === 4 &&
    to.length === 4 &&
    from[1] !== to[1] &&
    from.every((d, i) => i === 1 || d === to[i]) &&
    formatShape(from) !== formatShape(to)
  );
}
