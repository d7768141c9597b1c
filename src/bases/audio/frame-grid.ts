import { type Graph, readsOf } from "../../graph/graph.js";
import type { Value } from "../../graph/node.js";

/** Frames of convolutions over samples: frame t sees the samples t · stride to t · stride + size − 1. */
export interface FrameGrid {
  readonly size: number;
  readonly stride: number;
}

/** Statistics over time: a frame then depends on all samples of its clip, and on padding. */
const overTime = new Set(["InstanceNormalization", "GroupNormalization"]);

/**
 * Returns the frames of the convolutions in front of the first matrix product.
 * @param input the value with the samples
 * @returns undefined if the convolutions are padded, or a statistic over time is among them
 */
export function frameGrid(graph: Graph, input: Value): FrameGrid | undefined {
  const reached = new Set<Value>([input]);
  let [size, stride] = [1, 1];
  for (const node of graph.nodes) {
    if (!readsOf(node).some((v) => reached.has(v)) || node.op === "Shape") continue;
    for (const v of node.outputs) reached.add(v);
    if (node.op === "MatMul" || node.op === "Gemm") return size > 1 ? { size, stride } : undefined;
    if (overTime.has(node.op)) return undefined;
    if (node.kind !== "op" || node.op !== "Conv") continue;
    const { kernel_shape, strides, pads, dilations } = node.attributes;
    if (kernel_shape.length !== 1 || dilations[0] !== 1 || pads.some((p) => p !== 0)) return undefined;
    size += (kernel_shape[0]! - 1) * stride;
    stride *= strides[0]!;
  }
  return undefined;
}
