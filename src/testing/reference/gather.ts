import { sizeOf, stridesOf } from "../../core/shape.js";
import type { Gathering } from "../../graph/ops.js";
import { axisOf, given, positions, result } from "./arrays.js";
import type { ReferenceTable, RefTensor } from "./reference.js";

/** Combines an old value with an update in ScatterElements and ScatterND. */
export const updates = {
  none: (_: number, u: number) => u,
  add: (y: number, u: number) => y + u,
  mul: (y: number, u: number) => y * u,
  min: (y: number, u: number) => Math.min(y, u),
  max: (y: number, u: number) => Math.max(y, u),
};

/** Returns positions in x of x[…, index, …]: those of the indices, with the index itself along the axis. */
function elementPositions(x: RefTensor, indices: RefTensor, axis: number): Int32Array {
  const strides = stridesOf(x.dims);
  const others = positions(
    indices.dims,
    strides.map((s, i) => (i === axis ? 0 : s)),
  );
  return others.map((p, i) => p + axisOf(indices.data[i]!, x.dims[axis]!) * strides[axis]!);
}

export const gathering: ReferenceTable<Gathering> = {
  // y[outer, index, inner] = x[outer, indices[index], inner]
  Gather(c) {
    const [x, indices] = [given(c, 0), given(c, 1)];
    const axis = axisOf(c.attributes.axis, x.dims.length);
    const n = x.dims[axis]!;
    const [outer, inner] = [sizeOf(x.dims.slice(0, axis)), sizeOf(x.dims.slice(axis + 1))];
    const y = new Float64Array(outer * indices.data.length * inner);
    let at = 0;
    for (let o = 0; o < outer; o++) {
      for (const index of indices.data) {
        const start = (o * n + axisOf(index, n)) * inner;
        y.set(x.data.subarray(start, start + inner), at);
        at += inner;
      }
    }
    return [
      {
        dtype: x.dtype,
        dims: [...x.dims.slice(0, axis), ...indices.dims, ...x.dims.slice(axis + 1)],
        data: y,
      },
    ];
  },
  GatherElements(c) {
    const [x, indices] = [given(c, 0), given(c, 1)];
    const at = elementPositions(x, indices, axisOf(c.attributes.axis, x.dims.length));
    return [{ dtype: x.dtype, dims: indices.dims, data: Float64Array.from(at, (p) => x.data[p]!) }];
  },
  ScatterElements(c) {
    const [x, indices, u] = [given(c, 0), given(c, 1), given(c, 2)];
    const update = updates[c.attributes.reduction];
    const y = x.data.slice();
    elementPositions(x, indices, axisOf(c.attributes.axis, x.dims.length)).forEach((p, i) => {
      y[p] = update(y[p]!, u.data[i]!);
    });
    return [result(x.dtype, x.dims, y)];
  },
  // A negative index counts from the end; one out of range marks nothing.
  OneHot(c) {
    const [indices, values] = [given(c, 0), given(c, 2)];
    const depth = given(c, 1).data[0]!;
    const axis = axisOf(c.attributes.axis, indices.dims.length + 1);
    const inner = sizeOf(indices.dims.slice(axis));
    const [off, on] = [values.data[0]!, values.data[1]!];
    const y = new Float64Array(indices.data.length * depth).fill(off);
    indices.data.forEach((raw, i) => {
      const k = axisOf(raw, depth);
      if (k < 0 || k >= depth) return;
      y[(Math.floor(i / inner) * depth + k) * inner + (i % inner)] = on;
    });
    return [
      {
        dtype: values.dtype,
        dims: [...indices.dims.slice(0, axis), depth, ...indices.dims.slice(axis)],
        data: y,
      },
    ];
  },
};
