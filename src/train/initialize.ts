import { draws } from "../core/random.js";
import { sizeOf } from "../core/shape.js";
import { float32, type Tensor } from "../core/tensor.js";
import type { Graph } from "../graph/graph.js";
import { none, type Value } from "../graph/node.js";
import { type ParameterKind, parametersOf } from "../graph/surgery/index.js";

/**
 * Returns fresh weights for a graph, as for training from scratch: He-normal for weights (σ² = 2 / fan-in), 0 for
 * biases, 1 and 0 for a norm's scale and bias, 0 and 1 for running mean and variance. The same seed gives the same
 * weights on every machine.
 *
 * @returns the new tensors by value
 * @see He et al., "Delving Deep into Rectifiers", 2015
 */
export function freshWeights(graph: Graph, seed: number): Map<Value, Tensor> {
  const biasLike = new Set<Value>();
  for (const node of graph.nodes) {
    if (node.kind !== "op") continue;
    if (node.op === "BatchNormalization") biasLike.add(node.inputs[2]!).add(node.inputs[3]!);
    if (node.op === "LayerNormalization" || node.op === "InstanceNormalization")
      biasLike.add(node.inputs[2] ?? none);
  }
  const fresh = new Map<Value, Tensor>();
  for (const { value, kind } of parametersOf(graph)) {
    const { dims } = graph.initializers.get(value)!;
    fresh.set(value, fill(value, dims, kind, biasLike.has(value), seed, fanIn(graph, value, dims)));
  }
  return fresh;
}

function fill(
  value: Value,
  dims: readonly number[],
  kind: ParameterKind,
  zero: boolean,
  seed: number,
  fan: number,
): Tensor {
  const data = new Float32Array(sizeOf(dims));
  if (kind === "weight") {
    const draw = draws(seed, "initial weights", value);
    const sigma = Math.sqrt(2 / fan);
    for (let i = 0; i < data.length; i++) data[i] = sigma * draw.normal();
  } else if (kind !== "bias" && !zero) data.fill(1);
  return float32(dims, data);
}

/** Number of terms in the sum of one output: C/g·k·k for a convolution, the inner size of a product. */
function fanIn(graph: Graph, value: Value, dims: readonly number[]): number {
  const node = graph.nodes.find((n) => n.inputs.includes(value));
  if (node?.kind === "op" && node.op === "Gemm") return (node.attributes.transB ? dims[1] : dims[0]) ?? 1;
  if (node?.op === "MatMul") return dims[dims.length - 2] ?? 1;
  return Math.max(1, sizeOf(dims.slice(1)));
}
