import { EngraftError } from "../../core/errors.js";
import { Graph } from "../graph.js";
import type { Value } from "../node.js";
import { typesOf } from "./extract.js";

/**
 * Turn initializers into inputs of the same name and type: what trains is fed, not baked in.
 * @throws ModelError when a value is not an initializer.
 */
export function promote(graph: Graph, values: readonly Value[]): Graph {
  const promoted = new Set(values);
  const out = new Graph(graph.name);
  for (const input of graph.inputs) out.input(input, graph.typeOf(input));
  for (const value of values) {
    const data = graph.initializers.get(value);
    if (!data)
      throw new EngraftError(
        "ModelError",
        `"${value}" is not a weight of the graph, so it cannot be trained`,
      );
    out.input(value, { dtype: data.dtype, shape: data.dims });
  }
  for (const [value, data] of graph.initializers) if (!promoted.has(value)) out.initializer(value, data);
  for (const node of graph.nodes) out.push(node, typesOf(graph, node));
  out.outputs.push(...graph.outputs);
  for (const [domain, version] of graph.opsets) out.opsets.set(domain, version);
  return out;
}
