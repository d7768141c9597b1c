import type { Graph } from "../graph.js";
import type { Node, Value } from "../node.js";

/** Returns the graph with other names for computed values. Values that subgraphs capture must not be renamed. */
export function renameNodes(graph: Graph, names: ReadonlyMap<Value, Value>): Graph {
  const of = (v: Value): Value => names.get(v) ?? v;
  const copy = graph.withoutNodes();
  for (const node of graph.nodes)
    copy.push(
      { ...node, inputs: node.inputs.map(of), outputs: node.outputs.map(of) } as Node,
      graph.typesOf(node),
    );
  copy.outputs.push(...graph.outputs);
  return copy;
}
