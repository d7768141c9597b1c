import { fromBinary } from "@bufbuild/protobuf";
import { sizeOf } from "../../core/shape.js";
import { type Tensor, toNumbers } from "../../core/tensor.js";
import { AttributeProtoSchema } from "../../onnx/index.js";
import type { Graph } from "../graph.js";
import { none, type Value } from "../node.js";

/**
 * The numbers behind a weight that a `DequantizeLinear` computes: (q - zero point) · scale, with a scale for the whole
 * tensor, for each index of an axis, or for blocks along it.
 * @returns undefined when the value is no such weight, or its integers are of a type that is not read here
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
  /** Which scale a number has. */
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
