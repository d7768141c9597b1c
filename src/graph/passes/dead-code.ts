import { Graph, readsOf } from "../graph.js";
import type { Node, Value } from "../node.js";

/** The graph without nodes and weights that no output needs. Inputs stay: they are part of how it is called. */
export function removeDeadCode(graph: Graph): Graph {
  const needed = new Set<Value>(graph.outputs);
  const kept: Node[] = [];
  for (const node of [...graph.nodes].reverse()) {
    if (!node.outputs.some((v) => needed.has(v))) continue;
    kept.push(node);
    for (const v of readsOf(node)) needed.add(v);
  }
  const copy = new Graph(graph.name);
  for (const input of graph.inputs) copy.input(input, graph.typeOf(input));
  for (const [name, value] of graph.initializers) if (needed.has(name)) copy.initializer(name, value);
  for (const node of kept.reverse())
    copy.push(
      node,
      node.outputs.map((v) => graph.types.get(v)),
    );
  copy.outputs.push(...graph.outputs);
  for (const [domain, version] of graph.opsets) copy.opsets.set(domain, version);
  return copy;
}
