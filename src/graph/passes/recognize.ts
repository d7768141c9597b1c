import { isFloat } from "../../core/dtype.js";
import type { Graph } from "../graph.js";
import type { AnyOpNode, Node } from "../node.js";
import { removeDeadCode } from "./dead-code.js";
import { surroundingsOf } from "./pattern.js";
import { activation } from "./recognize-activation.js";
import { layerNormalization } from "./recognize-layer-normalization.js";

/**
 * Replaces written-out operators by one: LayerNormalization (ReduceMean, Sub, Pow, …), Gelu with erf or tanh, and
 * HardSwish. Results agree up to the rounding of the constants in the file (1e-6). One operator needs less memory
 * for its gradient and runs in one kernel. Intermediate values that other nodes read stay.
 */
export function recognize(graph: Graph): Graph {
  const around = surroundingsOf(graph);
  let found = false;
  const copy = graph.withoutNodes();
  for (const node of graph.nodes) {
    const made = ours(node, graph)
      ? (layerNormalization(node, around) ?? activation(node, around))
      : undefined;
    if (made) found = true;
    copy.push(made ?? node, graph.typesOf(node));
  }
  if (!found) return graph;
  copy.outputs.push(...graph.outputs);
  return removeDeadCode(copy);
}

function ours(node: Node, graph: Graph): node is AnyOpNode {
  if (node.kind !== "op" || !(node.op === "Mul" || node.op === "Div" || node.op === "Add")) return false;
  const type = graph.types.get(node.outputs[0]!);
  return type?.shape !== undefined && isFloat(type.dtype);
}
