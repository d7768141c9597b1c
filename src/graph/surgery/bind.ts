import type { TensorType } from "../../core/shape.js";
import { Graph } from "../graph.js";

import { inferGraph } from "../infer/index.js";

/**
 * The same graph with symbolic dimensions of its inputs replaced by sizes, and all types inferred anew.
 * @example bindDims(graph, { batch: 32 })
 */
export function bindDims(graph: Graph, sizes: Readonly<Record<string, number>>): Graph {
  const bound = new Graph(graph.name);
  const fixed = ({ dtype, shape }: TensorType): TensorType => ({
    dtype,
    shape: shape?.map((d) => (typeof d === "string" ? (sizes[d] ?? d) : d)),
  });
  for (const input of graph.inputs) bound.input(input, fixed(graph.typeOf(input)));
  for (const [value, data] of graph.initializers) bound.initializer(value, data);
  for (const node of graph.nodes) {
    // Of opaque nodes the file says what they give: nothing infers it again.
    bound.push(node, node.kind === "op" ? [] : graph.typesOf(node).map((type) => type && fixed(type)));
  }
  bound.outputs.push(...graph.outputs);
  for (const [domain, version] of graph.opsets) bound.opsets.set(domain, version);
  inferGraph(bound);
  return bound;
}
