import { type Graph, readsOf } from "../graph.js";
import type { Node, Value } from "../node.js";

/** Removes nodes and weights that no output needs. Inputs stay, because they are part of the signature. */
export function removeDeadCode(graph: Graph): Graph {
  const needed = new Set<Value>(graph.outputs);
  const kept: Node[] = [];
  for (const node of [...graph.nodes].reverse()) {
    if (!node.outputs.some((v) => needed.has(v))) continue;
    kept.push(node);
    for (const v of readsOf(node)) needed.add(v);
  }
  const copy = graph.withoutNodes((weight) => needed.has(weight));
  for (const node of kept.reverse()) copy.push(node, graph.typesOf(node));
  copy.outputs.push(...graph.outputs);
  return copy;
}
