import { EngraftError } from "../../core/errors.js";
import type { Dim, TensorType } from "../../core/shape.js";
import { Graph } from "../graph.js";
import { inferGraph } from "../infer/index.js";
import type { Value } from "../node.js";

/**
 * Turns initializers into inputs of the same name and type, so that trainable weights can be fed.
 * @throws ModelError if a value is not an initializer
 */
export function promote(graph: Graph, values: readonly Value[]): Graph {
  const promoted = new Set(values);
  const out = graph.withoutNodes((weight) => !promoted.has(weight));
  for (const value of values) {
    const data = graph.initializers.get(value);
    if (!data)
      throw new EngraftError(
        "ModelError",
        `"${value}" is not a weight of the graph, so it cannot be trained`,
      );
    out.input(value, { dtype: data.dtype, shape: data.dims });
  }
  for (const node of graph.nodes) out.push(node, graph.typesOf(node));
  out.outputs.push(...graph.outputs);
  return out;
}

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
