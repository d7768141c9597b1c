import type { Graph } from "../graph.js";
import type { Value } from "../node.js";

/** Operators that only move the elements of their first input. */
const moves: ReadonlySet<string> = new Set([
  "Squeeze",
  "Unsqueeze",
  "Transpose",
  "Reshape",
  "Split",
  "Slice",
]);

/**
 * The weight behind each value that is only a part or another view of one: what an LSTM's product reads is its
 * weight without the axis of directions, turned. The sum of two parts of one weight (the two biases of an LSTM)
 * counts as one too.
 */
export function weightViews(graph: Graph): Map<Value, Value> {
  const origins = new Map<Value, Value>();
  for (const node of graph.nodes) {
    const [first = "", second = ""] = node.inputs;
    const origin = origins.get(first) ?? (graph.initializers.has(first) ? first : undefined);
    if (node.kind !== "op" || origin === undefined) continue;
    const halves = node.op === "Add" && origins.has(first) && origins.get(second) === origin;
    if (moves.has(node.op) || halves) for (const o of node.outputs) origins.set(o, origin);
  }
  return origins;
}
