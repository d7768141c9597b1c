import { isFloat } from "../core/dtype.js";
import { EngraftError } from "../core/errors.js";
import { type Graph, readsOf } from "../graph/graph.js";
import { type Node, none, type Value } from "../graph/node.js";
import { decisionOf } from "./decision.js";

/**
 * Checks that a gradient of `output` reaches every w that `output` depends on, before anything is built. Sizes need not
 * be known, so the error names the blocking node even if it hides the sizes after it.
 *
 * A node blocks if it refuses a gradient, or if everything through it becomes an integer or a constant. Weights before
 * it would get gradients of zero.
 *
 * @throws OperatorError for the first such node, with the first value after the last one
 */
export function requireGradients(graph: Graph, output: Value, wrt: readonly Value[]): void {
  const wanted = dependencies(graph, output);
  const onTheWay = graph.nodes.filter((node) => node.outputs.some((v) => wanted.has(v)));
  /** Values that pass a gradient on if nothing blocks after them; and values that depend on a w at all. */
  const active = new Set(wrt);
  const moved = new Set(wrt);
  const refused: { node: Node; because: string }[] = [];
  const ends: { node: Node; because: string }[] = [];
  for (const node of onTheWay) {
    const reads = readsOf(node);
    if (!reads.some((v) => moved.has(v))) continue;
    for (const v of node.outputs) moved.add(v);
    if (!reads.some((v) => active.has(v))) continue;
    const decision = decisionOf(node);
    const floats = node.outputs.filter((v) => v !== none && isFloat(graph.types.get(v)?.dtype ?? "float32"));
    if (floats.length === 0) ends.push({ node, because: "its output holds integers" });
    else if (decision.kind === "zero") ends.push({ node, because: decision.because });
    else {
      if (decision.kind === "refuse") refused.push({ node, because: decision.because });
      for (const v of floats) active.add(v);
    }
  }
  const [first] = refused;
  if (first) throw inTheWay(first, refused.at(-1)!.node, refused.length - 1);
  const reached = gradientReaches(onTheWay, output, active);
  const lost = wrt.find((w) => wanted.has(w) && !reached.has(w));
  const [end] = ends;
  if (lost !== undefined && end) throw inTheWay(end, ends.at(-1)!.node, 0);
}

/** Returns everything that a value depends on. */
function dependencies(graph: Graph, output: Value): Set<Value> {
  const wanted = new Set([output]);
  for (const node of [...graph.nodes].reverse())
    if (node.outputs.some((v) => wanted.has(v))) for (const v of readsOf(node)) wanted.add(v);
  return wanted;
}

/** Returns the values that the output's gradient reaches, backwards through active values only. */
function gradientReaches(nodes: readonly Node[], output: Value, active: ReadonlySet<Value>): Set<Value> {
  const reached = new Set(active.has(output) ? [output] : []);
  for (const node of [...nodes].reverse()) {
    if (decisionOf(node).kind !== "rule" || !node.outputs.some((v) => reached.has(v))) continue;
    for (const v of readsOf(node)) if (active.has(v)) reached.add(v);
  }
  return reached;
}

function inTheWay(
  { node, because }: { readonly node: Node; readonly because: string },
  last: Node,
  others: number,
): EngraftError {
  const value = node.outputs.find((v) => v !== none) ?? "";
  const behind = last.outputs.find((v) => v !== none) ?? "";
  const more = others > 0 ? ` (and ${others} more node${others > 1 ? "s" : ""} after it)` : "";
  return new EngraftError("OperatorError", `${node.op} has no gradient: ${because}${more}`, {
    at: `node "${node.name}", value "${value}"`,
    help: `train only weights after "${behind}"`,
    details: { op: node.op, node: node.name, value, cut: behind },
  });
}
