import type { Graph } from "../graph/graph.js";

/** Does a model normalise by running averages that could be others? */
export function hasBatchNorm(graph: Graph): boolean {
  return graph.nodes.some((n) => n.kind === "op" && n.op === "BatchNormalization");
}
