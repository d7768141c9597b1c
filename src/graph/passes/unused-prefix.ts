import type { Graph } from "../graph.js";

/** Returns a prefix that no value of the graph begins with, so that new names cannot collide. */
export function unusedPrefix(graph: Graph, wanted: string): string {
  const names = [...graph.types.keys()];
  let prefix = wanted;
  while (names.some((n) => n.startsWith(prefix))) prefix += "_";
  return prefix;
}
