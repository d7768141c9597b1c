import { broadcastShapes, type Dim, formatType, type Shape, type TensorType } from "../../core/shape.js";
import type { Linalg } from "../ops.js";
import { type AnyContext, differ, fail, given, mustBeNumber, mustHaveRank, sameType } from "./checks.js";
import type { InferTable } from "./infer.js";

/** Swaps the last two axes of a shape if `yes`. */
function swapped(shape: Shape, yes: boolean): Shape {
  return yes && shape.length >= 2 ? [...shape.slice(0, -2), shape.at(-1)!, shape.at(-2)!] : shape;
}

// y[…, M, N] = a[…, M, K] @ b[…, K, N]. A 1-d a is a row, a 1-d b a column; their axis of size 1 is dropped.
function product(c: AnyContext, transA: boolean, transB: boolean): TensorType[] {
  const a = given(c, 0, "a");
  const b = given(c, 1, "b");
  const dtype = sameType(c, { a, b });
  mustBeNumber(c, "a", a);
  mustHaveRank(c, "a", a, 1);
  mustHaveRank(c, "b", b, 1);
  if (!a.shape || !b.shape) return [{ dtype, shape: undefined }];
  const x = swapped(a.shape, transA);
  const y = swapped(b.shape, transB);
  const inner = x.at(-1)!;
  const other = y.length === 1 ? y[0]! : y.at(-2)!;
  if (differ(inner, other)) {
    const t = transA || transB ? ` (transA ${transA}, transB ${transB})` : "";
    fail(
      c,
      `inner dimensions differ: a is ${formatType(a)}, b is ${formatType(b)}${t}`,
      `a's ${transA ? "second to last" : "last"} axis (${inner}) must equal b's ${transB ? "last" : y.length > 1 && y.length === 2 ? "first" : y.length === 1 ? "only one" : "second to last"} (${other})`,
    );
  }
  const stack = broadcastShapes(x.slice(0, -2), y.slice(0, -2), c.op);
  const rows: Dim[] = x.length === 1 ? [] : [x.at(-2)!];
  const columns: Dim[] = y.length === 1 ? [] : [y.at(-1)!];
  return [{ dtype, shape: [...stack, ...rows, ...columns] }];
}

export const linalg: InferTable<Linalg> = {
  MatMul: (c) => product(c, false, false),
  FusedMatMul: (c) => product(c, c.attributes.transA, c.attributes.transB),
  // y[M, N] = alpha * op(a)[M, K] @ op(b)[K, N] + beta * c, c broadcast to [M, N]
  Gemm(c) {
    const { transA, transB } = c.attributes;
    const a = given(c, 0, "a");
    const b = given(c, 1, "b");
    const bias = c.inputs[2];
    sameType(c, { a, b, c: bias });
    for (const [name, t] of Object.entries({ a, b })) {
      if (t.shape && t.shape.length !== 2)
        fail(c, `${name} is ${formatType(t)}, it must have two axes`, "flatten it first, or use MatMul");
    }
    const [y] = product(c, transA, transB);
    // An unknown rank is 2, because Gemm has matrices only.
    const shape = y!.shape ?? [a.shape?.[transA ? 1 : 0] ?? null, b.shape?.[transB ? 0 : 1] ?? null];
    if (bias?.shape) {
      const all = broadcastShapes(shape, bias.shape, c.op);
      if (all.length > 2 || all.some((d, i) => differ(d, shape[i])))
        fail(
          c,
          `c does not broadcast to the product: a @ b is ${formatType({ dtype: a.dtype, shape })}, c is ${formatType(bias)}`,
          "c may have size 1 or the product's size on each axis, aligned at the right",
        );
    }
    return [{ dtype: a.dtype, shape }];
  },
};
