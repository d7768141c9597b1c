import { sizeOf, stridesOf } from "../../core/shape.js";
import type { Selection } from "../../graph/ops.js";
import { axisOf, given, list, result } from "./arrays.js";
import { updates } from "./gather.js";
import type { ReferenceTable, RefTensor } from "./reference.js";

/** Returns where in x the block of each index tuple starts, and the length of the blocks. */
function blocks(x: RefTensor, indices: RefTensor, batch: number): { starts: number[]; length: number } {
  const tuple = indices.dims.at(-1)!;
  const strides = stridesOf(x.dims);
  const count = sizeOf(indices.dims.slice(0, -1));
  const inBatch = sizeOf(indices.dims.slice(batch, -1));
  const batchSize = sizeOf(x.dims.slice(batch));
  const starts = Array.from({ length: count }, (_, i) => {
    let at = Math.floor(i / inBatch) * batchSize;
    for (let t = 0; t < tuple; t++)
      at += axisOf(indices.data[i * tuple + t]!, x.dims[batch + t]!) * strides[batch + t]!;
    return at;
  });
  return { starts, length: sizeOf(x.dims.slice(batch + tuple)) };
}

export const selection: ReferenceTable<Selection> = {
  GatherND(c) {
    const [x, indices] = [given(c, 0), given(c, 1)];
    const batch = c.attributes.batch_dims;
    const { starts, length } = blocks(x, indices, batch);
    const y = new Float64Array(starts.length * length);
    starts.forEach((start, i) => {
      y.set(x.data.subarray(start, start + length), i * length);
    });
    const dims = [...indices.dims.slice(0, -1), ...x.dims.slice(batch + indices.dims.at(-1)!)];
    return [{ dtype: x.dtype, dims, data: y }];
  },
  ScatterND(c) {
    const [x, indices, u] = [given(c, 0), given(c, 1), given(c, 2)];
    const update = updates[c.attributes.reduction];
    const { starts, length } = blocks(x, indices, 0);
    const y = x.data.slice();
    starts.forEach((start, i) => {
      for (let j = 0; j < length; j++) y[start + j] = update(y[start + j]!, u.data[i * length + j]!);
    });
    return [result(x.dtype, x.dims, y)];
  },
  // Of equal elements the one with the lower index comes first.
  TopK(c) {
    const x = given(c, 0);
    const k = given(c, 1).data[0]!;
    const axis = axisOf(c.attributes.axis, x.dims.length);
    const n = x.dims[axis]!;
    const [outer, inner] = [sizeOf(x.dims.slice(0, axis)), sizeOf(x.dims.slice(axis + 1))];
    const values = new Float64Array(outer * k * inner);
    const places = new Float64Array(outer * k * inner);
    const sign = c.attributes.largest ? -1 : 1;
    for (let o = 0; o < outer; o++)
      for (let i = 0; i < inner; i++) {
        const of = (j: number): number => x.data[(o * n + j) * inner + i]!;
        const order = Array.from({ length: n }, (_, j) => j).sort((a, b) => sign * (of(a) - of(b)) || a - b);
        for (let j = 0; j < k; j++) {
          values[(o * k + j) * inner + i] = of(order[j]!);
          places[(o * k + j) * inner + i] = order[j]!;
        }
      }
    const dims = x.dims.map((d, i) => (i === axis ? k : d));
    return [
      { dtype: x.dtype, dims, data: values },
      { dtype: "int64", dims, data: places },
    ];
  },
  // y[t, b] = x[lengths[b] - 1 - t, b] for t < lengths[b], else x[t, b]
  ReverseSequence(c) {
    const x = given(c, 0);
    const lengths = list(c, 1)!;
    const timeFirst = c.attributes.time_axis === 0;
    const [a, b] = [x.dims[0]!, x.dims[1]!];
    const inner = sizeOf(x.dims.slice(2));
    const y = x.data.slice();
    const [times, rows] = timeFirst ? [a, b] : [b, a];
    const at = (t: number, row: number): number => (timeFirst ? t * b + row : row * b + t) * inner;
    for (let row = 0; row < rows; row++)
      for (let t = 0; t < Math.min(lengths[row]!, times); t++) {
        const from = at(lengths[row]! - 1 - t, row);
        y.set(x.data.subarray(from, from + inner), at(t, row));
      }
    return [{ dtype: x.dtype, dims: x.dims, data: y }];
  },
  // upper: column - row ≥ k is kept; lower: column - row ≤ k
  Trilu(c) {
    const x = given(c, 0);
    const k = c.inputs[1]?.data[0] ?? 0;
    const [rows, columns] = [x.dims.at(-2)!, x.dims.at(-1)!];
    const y = x.data.map((v, p) => {
      const diagonal = (p % columns) - (Math.floor(p / columns) % rows);
      return (c.attributes.upper ? diagonal >= k : diagonal <= k) ? v : 0;
    });
    return [{ dtype: x.dtype, dims: x.dims, data: y }];
  },
  EyeLike(c) {
    const { dims } = given(c, 0);
    const [rows, columns] = [dims[0]!, dims[1]!];
    const y = new Float64Array(rows * columns);
    for (let i = 0; i < rows; i++) {
      const j = i + c.attributes.k;
      if (j >= 0 && j < columns) y[i * columns + j] = 1;
    }
    return [{ dtype: c.attributes.dtype, dims, data: y }];
  },
  NonZero(c) {
    const x = given(c, 0);
    const dims = x.dims.length === 0 ? [1] : x.dims;
    const found: number[] = [];
    x.data.forEach((v, p) => {
      if (v !== 0) found.push(p);
    });
    const strides = stridesOf(dims);
    const y = dims.flatMap((size, axis) => found.map((p) => Math.floor(p / strides[axis]!) % size));
    return [{ dtype: "int64", dims: [dims.length, found.length], data: Float64Array.from(y) }];
  },
};
