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
 * The weights behind each value that is only a part or another view of them: what an LSTM's product reads is its
 * weight without the axis of directions, turned; PyTorch writes it as a Concat of the gates of both directions' weights.
 * The sum of two parts of the same weights (the two biases of an LSTM) counts as one too.
 */
export function weightViews(graph: Graph): Map<Value, readonly Value[]> {
  const views = new Map<Value, readonly Value[]>();
  const originsOf = (v: Value): readonly Value[] | undefined =>
    views.get(v) ?? (graph.initializers.has(v) ? [v] : undefined);
  for (const node of graph.nodes) {
    if (node.kind !== "op") continue;
    const [first = "", second = ""] = node.inputs;
    const origins = originsOf(first);
    if (origins === undefined) continue;
    const halves = node.op === "Add" && views.has(first) && String(views.get(second)) === String(origins);
    if (moves.has(node.op) || halves) for (const o of node.outputs) views.set(o, origins);
    else if (node.op === "Concat") {
      const all = node.inputs.map(originsOf);
      if (all.every((list) => list !== undefined)) views.set(node.outputs[0]!, [...new Set(all.flat())]);
    }
  }
  return views;
}
