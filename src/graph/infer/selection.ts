import { type Dim, formatType, type TensorType } from "../../core/shape.js";
import { toNumbers } from "../../core/tensor.js";
import type { Selection } from "../ops.js";
import {
  type AnyContext,
  axisOf,
  constantInts,
  differ,
  fail,
  given,
  mustBe,
  mustHaveRank,
  sameType,
  unknown,
} from "./checks.js";
import type { InferTable } from "./infer.js";

/** Returns the length of the index tuples of GatherND and ScatterND; undefined if not known. */
function tupleLength(c: AnyContext, x: TensorType, indices: TensorType, batch: number): number | undefined {
  mustBe(c, "indices", indices, "int64");
  mustHaveRank(c, "indices", indices, batch + 1);
  const length = indices.shape?.at(-1);
  if (typeof length !== "number" || !x.shape) return undefined;
  if (length < 1 || length > x.shape.length - batch)
    fail(
      c,
      `indices is ${formatType(indices)}: tuples of ${length} for x, which is ${formatType(x)}${batch > 0 ? `, behind ${batch} batch axes` : ""}`,
      `the last axis of the indices must have size 1 to ${x.shape.length - batch}`,
    );
  const wrong = constantInts(c, 1)?.find((v, i) => {
    const size = x.shape![batch + (i % length)];
    return typeof size === "number" && (v < -size || v >= size);
  });
  if (wrong !== undefined)
    fail(c, `index ${wrong} is out of range for x, which is ${formatType(x)}`, "use indices within x");
  return length;
}

export const selection: InferTable<Selection> = {
  // y[b, i, …] = x[b, indices[b, i, :], …]
  GatherND(c) {
    const [x, indices] = [given(c, 0, "x"), given(c, 1, "indices")];
    const { batch_dims } = c.attributes;
    const length = tupleLength(c, x, indices, batch_dims);
    if (batch_dims > 0) {
      mustHaveRank(c, "x", x, batch_dims + 1);
      for (let i = 0; i < batch_dims; i++)
        if (differ(x.shape?.[i], indices.shape?.[i]))
          fail(
            c,
            `batch axis ${i} differs: x is ${formatType(x)}, indices is ${formatType(indices)}`,
            `the first ${batch_dims} sizes must be equal`,
          );
    }
    if (length === undefined) return [{ dtype: x.dtype, shape: undefined }];
    return [
      { dtype: x.dtype, shape: [...indices.shape!.slice(0, -1), ...x.shape!.slice(batch_dims + length)] },
    ];
  },
  // y = x; y[indices[i, :], …] = updates[i, …]
  ScatterND(c) {
    const [x, indices, updates] = [given(c, 0, "x"), given(c, 1, "indices"), given(c, 2, "updates")];
    sameType(c, { x, updates });
    const length = tupleLength(c, x, indices, 0);
    if (length !== undefined && updates.shape) {
      const wanted = [...indices.shape!.slice(0, -1), ...x.shape!.slice(length)];
      if (wanted.length !== updates.shape.length || wanted.some((d, i) => differ(d, updates.shape![i])))
        fail(
          c,
          `updates is ${formatType(updates)}, indices ${formatType(indices)} of x ${formatType(x)} name ${formatType({ dtype: x.dtype, shape: wanted })}`,
          "give one update for each index",
        );
    }
    return [x];
  },
  // the k largest or smallest of each line, and their indices
  TopK(c) {
    const x = given(c, 0, "x");
    mustBe(c, "k", given(c, 1, "k"), "int64");
    const k = constantInts(c, 1)?.[0];
    if (k !== undefined && k < 0) fail(c, `k is ${k}`, "give how many to keep, at least 0");
    if (!x.shape) return [x, { dtype: "int64", shape: undefined }];
    const axis = axisOf(c, c.attributes.axis, x.shape.length, x);
    const size = x.shape[axis];
    if (k !== undefined && typeof size === "number" && k > size)
      fail(c, `k is ${k}, axis ${axis} of ${formatType(x)} has ${size}`, `use a k of at most ${size}`);
    const shape = x.shape.map((d, i): Dim => (i === axis ? (k ?? null) : d));
    return [
      { dtype: x.dtype, shape },
      { dtype: "int64", shape },
    ];
  },
  ReverseSequence(c) {
    const [x, lengths] = [given(c, 0, "x"), given(c, 1, "lengths")];
    const { batch_axis: batch, time_axis: time } = c.attributes;
    mustBe(c, "lengths", lengths, "int64");
    mustHaveRank(c, "x", x, 2);
    if (batch + time !== 1 || batch * time !== 0)
      fail(c, `batch_axis is ${batch}, time_axis ${time}`, "one of them is 0, the other 1");
    if (lengths.shape && (lengths.shape.length !== 1 || differ(lengths.shape[0], x.shape?.[batch])))
      fail(
        c,
        `lengths is ${formatType(lengths)}, x is ${formatType(x)}`,
        `give one length for each entry of axis ${batch}`,
      );
    const most = x.shape?.[time];
    const wrong = constantInts(c, 1)?.find((n) => n < 0 || (typeof most === "number" && n > most));
    if (wrong !== undefined)
      fail(c, `length ${wrong} for ${most ?? "?"} steps of ${formatType(x)}`, "give lengths within x");
    return [x];
  },
  Trilu(c) {
    const x = given(c, 0, "x");
    mustHaveRank(c, "x", x, 2);
    if (c.inputs[1]) mustBe(c, "k", c.inputs[1], "int64");
    return [x];
  },
  EyeLike(c) {
    const x = given(c, 0, "x");
    if (x.shape && x.shape.length !== 2)
      fail(c, `the input is ${formatType(x)}, it must be a matrix`, "give a value of two axes");
    return [{ dtype: c.attributes.dtype, shape: x.shape ?? [null, null] }];
  },
  // one column per nonzero element; a scalar counts as a list of one
  NonZero(c) {
    const x = given(c, 0, "x");
    const value = c.constant(0);
    const count = value && value.dtype !== "string" ? toNumbers(value).filter((v) => v !== 0).length : null;
    if (!x.shape) return [{ dtype: "int64", shape: unknown(2) }];
    return [{ dtype: "int64", shape: [Math.max(x.shape.length, 1), count] }];
  },
};
