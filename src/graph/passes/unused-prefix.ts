import type { Graph } from "../graph.js";

/** A prefix that no value of the graph begins with: a new name must not meet a later node's. */
export function unusedPrefix(graph: Graph, wanted: string): string {
  const names = [...graph.types.keys()];
  let prefix = wanted;
  while (names.some((n) => n.startsWith(prefix))) prefix += "_";
  return prefix;
}
