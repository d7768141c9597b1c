import { invariant } from "../../core/errors.js";
import { Builder } from "../../graph/builder.js";
import type { Graph } from "../../graph/graph.js";
import type { AnyOpNode, Node, Value } from "../../graph/node.js";

/**
 * Builds the replacement of a node's result.
 * @param node the original node, for its inputs and attributes
 * @param push appends a frozen node under a new name and returns that name
 * @returns the value that replaces the node's first output
 */
export type Rewrite = (g: Builder, node: AnyOpNode, push: (node: Node) => Value) => Value;

/**
 * Returns the graph with some nodes rewritten. Values keep their names: readers of a node's output read the rewritten
 * one.
 * @param weights added to the existing ones
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
    // The last node gets the original name of the value.
    const last = out.nodes.pop()!;
    invariant(last.outputs[0] === made, "a rewrite ends in its result");
    out.push({ ...last, outputs: [y] }, [graph.types.get(y) ?? out.types.get(made)]);
  }
  out.outputs.push(...graph.outputs);
  return out;
}
