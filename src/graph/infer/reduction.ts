import type { Dim, TensorType } from "../../core/shape.js";
import type { Reduction } from "../ops.js";
import { axesOf, axisOf, constantInts, fail, given, mustBe, mustBeNumber, unknown } from "./checks.js";
import type { InferContext, InferTable } from "./infer.js";

type ReduceName = Exclude<keyof Reduction, "ArgMax" | "ArgMin" | "CumSum">;

function without(shape: readonly Dim[], axes: readonly number[], keepdims: boolean): Dim[] {
  return shape.flatMap((d, i) => (axes.includes(i) ? (keepdims ? [1] : []) : [d]));
}

// The second input names the axes. If it names none: all axes, or none with noop_with_empty_axes.
function reduce(c: InferContext<ReduceName>): TensorType[] {
  const x = given(c, 0, "x");
  // Opset 20: the maximum of truth values is "any", the minimum "all".
  if (x.dtype !== "bool" || (c.op !== "ReduceMax" && c.op !== "ReduceMin")) mustBeNumber(c, "x", x);
  const { keepdims, noop_with_empty_axes } = c.attributes;
  const rank = x.shape?.length;
  const given2 = c.inputs[1];
  const axes = given2 ? constantInts(c, 1) : [];
  if (axes === undefined) {
    // If axes are computed, the rank is known only if it stays or if their number is known.
    const count = given2?.shape?.[0];
    if (keepdims) return [{ dtype: x.dtype, shape: unknown(rank) }];
    const left = rank !== undefined && typeof count === "number" && count > 0 ? rank - count : undefined;
    return [{ dtype: x.dtype, shape: unknown(left) }];
  }
  if (axes.length === 0) {
    if (noop_with_empty_axes) return [x];
    return [{ dtype: x.dtype, shape: keepdims ? x.shape?.map(() => 1) : [] }];
  }
  if (!x.shape) return [{ dtype: x.dtype, shape: undefined }];
  return [{ dtype: x.dtype, shape: without(x.shape, axesOf(c, axes, x.shape.length, x), keepdims) }];
}

function index(c: InferContext<"ArgMax" | "ArgMin">): TensorType[] {
  const x = given(c, 0, "x");
  mustBeNumber(c, "x", x);
  const { axis, keepdims } = c.attributes;
  const shape = x.shape && without(x.shape, [axisOf(c, axis, x.shape.length, x)], keepdims);
  return [{ dtype: "int64", shape }];
}

export const reduction: InferTable<Reduction> = {
  ReduceSum: reduce,
  ReduceMean: reduce,
  ReduceMax: reduce,
  ReduceMin: reduce,
  ReduceProd: reduce,
  ReduceSumSquare: reduce,
  ReduceL2: reduce,
  ReduceL1: reduce,
  ReduceLogSum: reduce,
  ReduceLogSumExp: reduce,
  ArgMax: index,
  ArgMin: index,
  // y as x; a known axis must exist
  CumSum(c) {
    const x = given(c, 0, "x");
    mustBeNumber(c, "x", x);
    const axis = given(c, 1, "axis");
    mustBe(c, "axis", axis, "int32", "int64");
    const named = constantInts(c, 1);
    if (named?.length !== undefined && named.length !== 1)
      fail(c, `axis holds ${named.length} numbers`, "give one axis");
    if (named && x.shape) axisOf(c, named[0]!, x.shape.length, x);
    return [x];
  },
};
