import type { Graph } from "../graph/graph.js";

/** True if a model normalises by running averages that could be recomputed. */
export function hasBatchNorm(graph: Graph): boolean {
  return graph.nodes.some((n) => n.kind === "op" && n.op === "BatchNormalization");
}
