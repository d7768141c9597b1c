import type { TensorType } from "../../core/shape.js";
import type { Graph } from "../graph.js";
import { type Node, none, type OpaqueNode } from "../node.js";

const recurrent: ReadonlySet<string> = new Set(["LSTM", "GRU", "RNN"]);

/** True for a standard recurrent operator that was not unrolled. */
export function isWholeRecurrence(node: Node): node is OpaqueNode {
  return node.kind === "opaque" && node.domain === "" && recurrent.has(node.op);
}

/**
 * Returns the types of a whole LSTM, GRU or RNN (sequence first), if known: y [S, D, B, H], the last h and c [D, B,
 * H], for x [S, B, I] and r [D, gates·H, H].
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
