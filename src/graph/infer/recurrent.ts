import type { TensorType } from "../../core/shape.js";
import type { Graph } from "../graph.js";
import { type Node, none, type OpaqueNode } from "../node.js";

const recurrent: ReadonlySet<string> = new Set(["LSTM", "GRU", "RNN"]);

/** A standard recurrent operator that stands whole in a graph. */
export function isWholeRecurrence(node: Node): node is OpaqueNode {
  return node.kind === "opaque" && node.domain === "" && recurrent.has(node.op);
}

/**
 * What a whole LSTM, GRU or RNN (sequence first) gives, where it is known:
 * y [S, D, B, H], the last h and c [D, B, H], of x [S, B, I] and r [D, gates·H, H].
 */
export function recurrentTypes(graph: Graph, node: OpaqueNode): (TensorType | undefined)[] | undefined {
  const [x, r] = [graph.types.get(node.inputs[0] ?? none), graph.types.get(node.inputs[2] ?? none)];
  if (x?.shape?.length !== 3 || r?.shape?.length !== 3) return undefined;
  const [steps, batch] = x.shape as [never, never, never];
  const [directions, , hidden] = r.shape as [never, never, never];
  const last = { dtype: x.dtype, shape: [directions, batch, hidden] };
  return node.outputs.map((_, i) =>
    i === 0 ? { dtype: x.dtype, shape: [steps, directions, batch, hidden] } : last,
  );
}
