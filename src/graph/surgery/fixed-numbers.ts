import type { Graph } from "../graph.js";
import { type Node, none, type Value } from "../node.js";

/** Operators on the way from a factor to a Softmax: they neither project nor activate. */
const passing: ReadonlySet<string> = new Set([
  ...["Add", "Sub", "Mul", "Div", "Where", "Cast", "Identity"],
  ...["Reshape", "Transpose", "Squeeze", "Unsqueeze", "Expand", "Slice"],
]);

/**
 * Returns the single numbers that no training moves, by their place: the epsilon that is added under a square root,
 * and the scale of attention, a number without a path that is multiplied into the input of a Softmax.
 */
export function fixedNumbers(graph: Graph): Set<Value> {
  const fixed = new Set<Value>();
  const consumers = graph.consumers();
  const single = (v: Value): boolean => graph.initializers.get(v)?.data.length === 1;
  const read = (node: Node): readonly Node[] => node.outputs.flatMap((v) => consumers.get(v) ?? []);
  for (const node of graph.nodes) {
    if (node.kind !== "op") continue;
    const [a = none, b = none] = node.inputs;
    for (const number of [a, b].filter(single)) {
      if (node.op === "Add" && read(node).some((n) => isRoot(graph, n))) fixed.add(number);
      const scales = (node.op === "Mul" || node.op === "Div") && !number.includes(".");
      if (scales && reachesSoftmax(graph, node, read)) fixed.add(number);
    }
  }
  return fixed;
}

/** True for a square root, also written as a power of 1/2 or -1/2. */
function isRoot({ initializers }: Graph, node: Node): boolean {
  if (node.op === "Sqrt") return true;
  const exponent = node.op === "Pow" ? initializers.get(node.inputs[1] ?? none) : undefined;
  return exponent?.data.length === 1 && Math.abs(Number(exponent.data[0])) === 0.5;
}

/** True if the result becomes scores of attention: through products of two computed values, not of a weight. */
function reachesSoftmax({ initializers }: Graph, from: Node, read: (node: Node) => readonly Node[]): boolean {
  const seen = new Set<Node>([from]);
  const open = [from];
  for (let node = open.pop(); node; node = open.pop()) {
    for (const next of read(node)) {
      if (next.op === "Softmax") return true;
      const product = next.op === "MatMul" && !next.inputs.some((v) => initializers.has(v));
      if (seen.has(next) || !(product || passing.has(next.op))) continue;
      seen.add(next);
      open.push(next);
    }
  }
  return false;
}
