import { invariant } from "../../core/errors.js";
import { Builder } from "../../graph/builder.js";
import type { Graph } from "../../graph/graph.js";
import type { AnyOpNode, Node, Value } from "../../graph/node.js";

/**
 * Builds what takes the place of a node's result.
 * @param node the node as it was, for its inputs and attributes.
 * @param push appends a frozen node under a name of its own, and gives that name.
 * @returns the value that stands for the node's first output from now on
 */
export type Rewrite = (g: Builder, node: AnyOpNode, push: (node: Node) => Value) => Value;

/**
 * The same graph with some nodes rewritten. Values keep their names: who read a node's output reads the rewritten one.
 * @param weights put in beside those that are there.
 */
export function rewritten(
  graph: Graph,
  rewrites: ReadonlyMap<number, Rewrite>,
  weights: (g: Builder) => void = () => undefined,
): Graph {
  const out = graph.withoutNodes();
  const g = new Builder(out, "peft");
  weights(g);
  for (const [index, node] of graph.nodes.entries()) {
    const rewrite = rewrites.get(index);
    if (rewrite === undefined) {
      out.push(node, graph.typesOf(node));
      continue;
    }
    invariant(node.kind === "op" && node.outputs.length === 1, `"${node.name}" is rewritten`);
    const y = node.outputs[0]!;
    const made = rewrite(g, node, (frozen) => {
      const name = out.fresh(`${y}/frozen`);
      out.push({ ...frozen, outputs: [name] }, [graph.types.get(y)]);
      return name;
    });
    // The last node gives the value its old name.
    const last = out.nodes.pop()!;
    invariant(last.outputs[0] === made, "a rewrite ends in its result");
    out.push({ ...last, outputs: [y] }, [graph.types.get(y) ?? out.types.get(made)]);
  }
  out.outputs.push(...graph.outputs);
  return out;
}
