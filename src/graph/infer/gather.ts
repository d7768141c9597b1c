import { type Dim, formatType, type TensorType } from "../../core/shape.js";
import type { Gathering } from "../ops.js";
import { type AnyContext, axisOf, constantInts, differ, fail, given, mustBe, sameType } from "./checks.js";
import type { InferTable } from "./infer.js";

/** Checks integer indices; constant ones must be within the axis. @throws ShapeError */
function checkIndices(c: AnyContext, i: number, name: string, size: Dim): TensorType {
  const indices = given(c, i, name);
  mustBe(c, name, indices, "int32", "int64");
  if (typeof size === "number") {
    const wrong = constantInts(c, i)?.find((v) => v < -size || v >= size);
    if (wrong !== undefined)
      fail(
        c,
        `index ${wrong} is out of range for an axis of size ${size}`,
        `use indices from ${-size} to ${size - 1}`,
      );
  }
  return indices;
}

export const gathering: InferTable<Gathering> = {
  // y = x with the axis replaced by the axes of the indices
  Gather(c) {
    const x = given(c, 0, "x");
    const axis = x.shape && axisOf(c, c.attributes.axis, x.shape.length, x);
    const indices = checkIndices(c, 1, "indices", axis === undefined ? null : x.shape![axis]!);
    if (axis === undefined || !indices.shape) return [{ dtype: x.dtype, shape: undefined }];
    return [
      { dtype: x.dtype, shape: [...x.shape!.slice(0, axis), ...indices.shape, ...x.shape!.slice(axis + 1)] },
    ];
  },
  // y[i, j, …] = x[index[i, j, …], j, …]
  GatherElements(c) {
    const x = given(c, 0, "x");
    const axis = x.shape && axisOf(c, c.attributes.axis, x.shape.length, x);
    const indices = checkIndices(c, 1, "indices", axis === undefined ? null : x.shape![axis]!);
    if (x.shape && indices.shape && x.shape.length !== indices.shape.length)
      fail(
        c,
        `ranks differ: x is ${formatType(x)}, indices is ${formatType(indices)}`,
        "give indices of x's rank",
      );
    return [{ dtype: x.dtype, shape: indices.shape }];
  },
  // y = x; y[index[i, j, …], j, …] = update[i, j, …]
  ScatterElements(c) {
    const x = given(c, 0, "x");
    const axis = x.shape && axisOf(c, c.attributes.axis, x.shape.length, x);
    const indices = checkIndices(c, 1, "indices", axis === undefined ? null : x.shape![axis]!);
    const updates = given(c, 2, "updates");
    sameType(c, { x, updates });
    if (x.shape && indices.shape && x.shape.length !== indices.shape.length)
      fail(
        c,
        `ranks differ: x is ${formatType(x)}, indices is ${formatType(indices)}`,
        "give indices of x's rank",
      );
    const same =
      !indices.shape ||
      !updates.shape ||
      (indices.shape.length === updates.shape.length &&
        !indices.shape.some((d, i) => differ(d, updates.shape![i])));
    if (!same)
      fail(
        c,
        `shapes differ: indices is ${formatType(indices)}, updates is ${formatType(updates)}`,
        "give one update for each index",
      );
    return [x];
  },
  // y[…, k, …] = on where index[…] = k, off elsewhere; the new axis has size depth
  OneHot(c) {
    const indices = given(c, 0, "indices");
    given(c, 1, "depth");
    const values = given(c, 2, "values");
    if (values.shape && (values.shape.length !== 1 || differ(values.shape[0], 2)))
      fail(c, `values is ${formatType(values)}`, "give two numbers: off, then on");
    const depth = constantInts(c, 1)?.[0] ?? null;
    if (depth !== null && depth < 1) fail(c, `depth is ${depth}`, "give the number of classes, at least 1");
    if (!indices.shape) return [{ dtype: values.dtype, shape: undefined }];
    const axis = axisOf(c, c.attributes.axis, indices.shape.length + 1, indices);
    return [
      { dtype: values.dtype, shape: [...indices.shape.slice(0, axis), depth, ...indices.shape.slice(axis)] },
    ];
  },
};
