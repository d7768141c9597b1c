import type { Dim, TensorType } from "../../core/shape.js";
import { Graph } from "../graph.js";

import { inferGraph } from "../infer/index.js";

/**
 * Replaces symbolic dimensions of the inputs by sizes, or by other names, and infers all types again.
 * @example bindDims(graph, { batch: 32 })
 */
export function bindDims(graph: Graph, sizes: Readonly<Record<string, Dim>>): Graph {
  const bound = new Graph(graph.name);
  const fixed = ({ dtype, shape }: TensorType): TensorType => ({
    dtype,
    shape: shape?.map((d) => (typeof d === "string" ? (sizes[d] ?? d) : d)),
  });
  for (const input of graph.inputs) bound.input(input, fixed(graph.typeOf(input)));
  for (const [value, data] of graph.initializers) bound.initializer(value, data);
  for (const node of graph.nodes) {
    // The types of opaque nodes come from the file and are not inferred again.
    bound.push(node, node.kind === "op" ? [] : graph.typesOf(node).map((type) => type && fixed(type)));
  }
  bound.outputs.push(...graph.outputs);
  for (const [domain, version] of graph.opsets) bound.opsets.set(domain, version);
  inferGraph(bound);
  return bound;
}
