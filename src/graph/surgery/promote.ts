import { EngraftError } from "../../core/errors.js";
import type { Graph } from "../graph.js";
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
