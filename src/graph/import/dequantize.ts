import { fromBinary } from "@bufbuild/protobuf";
import { sizeOf } from "../../core/shape.js";
import { type Tensor, toNumbers } from "../../core/tensor.js";
import { AttributeProtoSchema } from "../../onnx/index.js";
import type { Graph } from "../graph.js";
import { none, type Value } from "../node.js";

/**
 * Returns the float weight that a `DequantizeLinear` computes: (q - zero point) · scale. The scale belongs to the
 * whole tensor, to each index of an axis, or to blocks along it.
 * @returns undefined if the value is no such weight, or its integer type is not supported
 */
export function dequantizedWeight(graph: Graph, value: Value): Tensor<"float32"> | undefined {
  const node = graph.nodes.find((n) => n.outputs.includes(value));
  if (node?.kind !== "opaque" || node.op !== "DequantizeLinear") return undefined;
  const [q, scale, zero] = node.inputs.map((v) => (v === none ? undefined : graph.initializers.get(v)));
  if (!q || !scale || (node.inputs[2] && !zero)) return undefined;
  const attributes = new Map(
    node.attributes.map((bytes) => fromBinary(AttributeProtoSchema, bytes)).map((a) => [a.name, Number(a.i)]),
  );
  const rank = q.dims.length;
  const axis = ((attributes.get("axis") ?? 1) + rank) % rank;
  const block = attributes.get("block_size") ?? 0;
  const inner = sizeOf(q.dims.slice(axis + 1));
  const along = q.dims[axis] ?? 1;
  const scales = toNumbers(scale);
  const zeros = zero && toNumbers(zero);
  /** Index of the scale of element i. */
  const at = (i: number): number => {
    if (scales.length === 1) return 0;
    const k = Math.floor(i / inner) % along;
    if (block === 0) return k;
    const blocks = scale.dims[axis]!;
    return (Math.floor(i / (inner * along)) * blocks + Math.floor(k / block)) * inner + (i % inner);
  };
  const data = Float32Array.from(toNumbers(q), (v, i) => (v - (zeros?.[at(i)] ?? 0)) * scales[at(i)]!);
  return { dtype: "float32", dims: q.dims, data };
}
