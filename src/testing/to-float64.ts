import { type DType, isFloat } from "../core/dtype.js";
import type { TensorType } from "../core/shape.js";
import { castTensor, type Tensor } from "../core/tensor.js";
import { Graph } from "../graph/graph.js";
import type { Node } from "../graph/node.js";

/**
 * Returns the graph in float64: every float input, constant and Cast becomes float64, so that checks measure the
 * mathematics and not the rounding of float32 constants.
 */
export function toFloat64(graph: Graph): Graph {
  const result = new Graph(graph.name);
  const typed = (type: TensorType | undefined): TensorType | undefined =>
    type && { ...type, dtype: widest(type.dtype) };
  for (const input of graph.inputs) result.input(input, typed(graph.typeOf(input))!);
  for (const [value, data] of graph.initializers) result.initializer(value, widen(data));
  for (const node of graph.nodes)
    result.push(
      widenNode(node),
      node.outputs.map((o) => typed(graph.types.get(o))),
    );
  result.outputs.push(...graph.outputs);
  for (const [domain, version] of graph.opsets) result.opsets.set(domain, version);
  return result;
}

function widest(dtype: DType): DType {
  return isFloat(dtype) ? "float64" : dtype;
}
function widen(t: Tensor): Tensor {
  return isFloat(t.dtype) ? castTensor(t, "float64") : t;
}

/** Three operators carry a type in their attributes. */
function widenNode(node: Node): Node {
  if (node.kind !== "op") return node;
  if (node.op === "Cast") return { ...node, attributes: { to: widest(node.attributes.to) } };
  if (node.op === "ConstantOfShape") return { ...node, attributes: { value: widen(node.attributes.value) } };
  if (node.op === "EyeLike")
    return { ...node, attributes: { ...node.attributes, dtype: widest(node.attributes.dtype) } };
  return node;
}
