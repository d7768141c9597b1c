import { Graph } from "../graph.js";
import type { Node, Value } from "../node.js";

/** The graph with other names for what its nodes compute. Values that subgraphs capture must not be among them. */
export function renameNodes(graph: Graph, names: ReadonlyMap<Value, Value>): Graph {
  const of = (v: Value): Value => names.get(v) ?? v;
  const copy = new Graph(graph.name);
  for (const input of graph.inputs) copy.input(input, graph.typeOf(input));
  for (const [value, data] of graph.initializers) copy.initializer(value, data);
  for (const node of graph.nodes) {
    const types = node.outputs.map((v) => graph.types.get(v));
    copy.push({ ...node, inputs: node.inputs.map(of), outputs: node.outputs.map(of) } as Node, types);
  }
  copy.outputs.push(...graph.outputs);
  return copy;
}
