import type { Shape } from "../../../core/shape.js";
import type { Linalg } from "../../ops.js";
import {
  type AnyBatch,
  across,
  alike,
  type BatchAxis,
  type BatchContext,
  type BatchRules,
  broadcast,
  differentAxes,
  fixedRows,
  joined,
  moved,
  unknownShape,
} from "./batch-axis.js";

/** The part that an axis of a factor has in a product [stack…, m, k] @ [stack…, k, n]. */
interface Role {
  readonly part: "stack" | "sum" | "kept";
  /** Axis of the result; not for `sum`. */
  readonly axis: number;
}

/**
 * Returns the role of the batch axis of one factor.
 * @param ranks of this factor and of the other one @param transposed its last two axes are swapped
 */
function roleOf(
  b: BatchAxis,
  side: "left" | "right",
  ranks: readonly [number, number],
  transposed: boolean,
): Role {
  const [rank, other] = ranks;
  const stack = Math.max(rank, other) - 2;
  const fromEnd = rank - 1 - b.axis;
  const last = transposed && fromEnd < 2 ? 1 - fromEnd : fromEnd;
  if (rank === 1) return { part: "sum", axis: -1 };
  if (last >= 2) return { part: "stack", axis: stack + 1 - last };
  if (last === (side === "left" ? 0 : 1)) return { part: "sum", axis: -1 };
  // A vector on the other side removes its axis from the result.
  const removed = side === "right" && other === 1 ? 1 : 0;
  return { part: "kept", axis: stack + (side === "left" ? 0 : 1) - removed };
}

function product(c: AnyBatch, transA: boolean, transB: boolean): BatchAxis | string {
  const [a, b] = [c.batch(0), c.batch(1)];
  const [left, right] = [c.shape(0), c.shape(1)];
  if (!left || !right) return unknownShape;
  const roleA = a && roleOf(a, "left", [left.length, right.length], transA);
  const roleB = b && roleOf(b, "right", [right.length, left.length], transB);
  if (roleA?.part === "sum" || roleB?.part === "sum") return across;
  if (a && b) {
    const same =
      roleA!.part === "stack" && roleB!.part === "stack" && roleA!.axis === roleB!.axis && alike(a, b);
    return same ? moved(joined(a, b), roleA!.axis) : differentAxes;
  }
  const role = (roleA ?? roleB)!;
  const fixed: Shape = a ? right : left;
  if (role.part === "stack") {
    const at = role.axis - (Math.max(left.length, right.length) - fixed.length);
    if (at >= 0 && fixed[at] !== 1) return fixedRows(fixed);
  }
  return moved((a ?? b)!, role.axis);
}

/** y = a @ b + c, c broadcast. */
function gemm(c: BatchContext<"Gemm">): BatchAxis | string {
  if (!c.batch(0) && !c.batch(1)) return fixedRows(c.shape(0));
  const y = product(c as AnyBatch, c.attributes.transA, c.attributes.transB);
  if (typeof y === "string" || !c.node.inputs[2]) return y;
  const inputs = ["product", c.node.inputs[2]];
  const shape: Shape = [null, null];
  const sum: AnyBatch = {
    ...c,
    node: { inputs },
    batch: (i) => (i === 0 ? y : c.batch(2)),
    shape: (i) => (i === 0 ? shape : c.shape(2)),
  };
  return broadcast(sum, [0, 1]);
}

export const productRules: BatchRules<Linalg> = {
  MatMul: (c) => product(c as AnyBatch, false, false),
  FusedMatMul: (c) => product(c as AnyBatch, c.attributes.transA, c.attributes.transB),
  Gemm: gemm,
};
