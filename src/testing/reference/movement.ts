import { EngraftError } from "../../core/errors.js";
import { sizeOf, stridesOf } from "../../core/shape.js";
import { sliceBounds } from "../../graph/infer/slice.js";
import type { Movement } from "../../graph/ops.js";
import { axisOf, broadcastDims, given, list, pick, positions, result, stretched } from "./arrays.js";
import { toRef } from "./convert.js";
import type { ReferenceTable, RefTensor } from "./reference.js";

/** Returns the same numbers with another shape. */
function viewed(x: RefTensor, dims: readonly number[]): RefTensor {
  return { dtype: x.dtype, dims, data: x.data };
}
/** Source of index i of a padded axis of size n; -1 in constant padding. */
function source(mode: "constant" | "reflect" | "edge" | "wrap", i: number, n: number): number {
  if (i >= 0 && i < n) return i;
  if (mode === "constant") return -1;
  if (mode === "edge") return i < 0 ? 0 : n - 1;
  if (mode === "wrap") return ((i % n) + n) % n;
  // reflect: 2 1 [0 1 2] 1 0, the border not repeated, a period of 2 (n - 1)
  const period = Math.max(1, 2 * (n - 1));
  const r = ((i % period) + period) % period;
  return r < n ? r : period - r;
}

export const movement: ReferenceTable<Movement> = {
  // 0 copies the axis (unless allowzero), -1 takes the rest.
  Reshape(c) {
    const x = given(c, 0);
    const dims = list(c, 1)!.map((d, i) => (d === 0 && !c.attributes.allowzero ? x.dims[i]! : d));
    const rest = sizeOf(dims.filter((d) => d !== -1));
    if (rest === 0 && dims.includes(-1))
      throw new EngraftError(
        "ShapeError",
        `Reshape: -1 in [${dims}] can be any size: there are no elements`,
        { help: "write the size down in place of -1" },
      );
    return [
      viewed(
        x,
        dims.map((d) => (d === -1 ? x.data.length / rest : d)),
      ),
    ];
  },
  Flatten(c) {
    const x = given(c, 0);
    const axis = axisOf(c.attributes.axis, x.dims.length);
    return [viewed(x, [sizeOf(x.dims.slice(0, axis)), sizeOf(x.dims.slice(axis))])];
  },
  // y[i_perm(0), i_perm(1), …] = x[i_0, i_1, …]
  Transpose(c) {
    const x = given(c, 0);
    const { perm } = c.attributes;
    const strides = stridesOf(x.dims);
    const dims = perm.map((p) => x.dims[p]!);
    const at = positions(
      dims,
      perm.map((p) => strides[p]!),
    );
    return [{ dtype: x.dtype, dims, data: pick(x.data, at) }];
  },
  Squeeze(c) {
    const x = given(c, 0);
    const axes = list(c, 1)?.map((a) => axisOf(a, x.dims.length));
    return [
      viewed(
        x,
        x.dims.filter((d, i) => (axes ? !axes.includes(i) : d !== 1)),
      ),
    ];
  },
  Unsqueeze(c) {
    const x = given(c, 0);
    const raw = list(c, 1)!;
    const rank = x.dims.length + raw.length;
    const axes = raw.map((a) => axisOf(a, rank));
    const old = [...x.dims];
    return [
      viewed(
        x,
        Array.from({ length: rank }, (_, i) => (axes.includes(i) ? 1 : old.shift()!)),
      ),
    ];
  },
  Concat(c) {
    const parts = c.inputs.map((_, i) => given(c, i));
    const first = parts[0]!;
    const axis = axisOf(c.attributes.axis, first.dims.length);
    const outer = sizeOf(first.dims.slice(0, axis));
    const rows = parts.map((p) => sizeOf(p.dims.slice(axis)));
    const y = new Float64Array(parts.reduce((n, p) => n + p.data.length, 0));
    let at = 0;
    for (let o = 0; o < outer; o++) {
      parts.forEach((p, k) => {
        y.set(p.data.subarray(o * rows[k]!, (o + 1) * rows[k]!), at);
        at += rows[k]!;
      });
    }
    const size = parts.reduce((n, p) => n + p.dims[axis]!, 0);
    return [{ dtype: first.dtype, dims: first.dims.map((d, i) => (i === axis ? size : d)), data: y }];
  },
  Split(c) {
    const x = given(c, 0);
    const axis = axisOf(c.attributes.axis, x.dims.length);
    const strides = stridesOf(x.dims);
    let from = 0;
    return list(c, 1)!.map((size) => {
      const dims = x.dims.map((d, i) => (i === axis ? size : d));
      const part = pick(x.data, positions(dims, strides, from * strides[axis]!));
      from += size;
      return { dtype: x.dtype, dims, data: part };
    });
  },
  // y[i] = x[start + i · step], on each sliced axis
  Slice(c) {
    const x = given(c, 0);
    const [starts, ends] = [list(c, 1)!, list(c, 2)!];
    const axes = (list(c, 3) ?? starts.map((_, i) => i)).map((a) => axisOf(a, x.dims.length));
    const steps = list(c, 4) ?? starts.map(() => 1);
    const strides = stridesOf(x.dims);
    const dims = [...x.dims];
    let origin = 0;
    axes.forEach((a, k) => {
      const step = steps[k]!;
      const [from, to] = sliceBounds(x.dims[a]!, starts[k]!, ends[k]!, step);
      dims[a] = Math.max(0, Math.ceil((to - from) / step));
      origin += from * strides[a]!;
      strides[a]! *= step;
    });
    return [{ dtype: x.dtype, dims, data: pick(x.data, positions(dims, strides, origin)) }];
  },
  Pad(c) {
    const x = given(c, 0);
    const pads = list(c, 1)!;
    const axes = (list(c, 3) ?? x.dims.map((_, i) => i)).map((a) => axisOf(a, x.dims.length));
    const strides = stridesOf(x.dims);
    const dims = x.dims.map((d, i) => {
      const k = axes.indexOf(i);
      return k < 0 ? d : d + pads[k]! + pads[k + axes.length]!;
    });
    // Axis by axis: position in x of each padded index, -1 if one axis is in the padding.
    let at = Int32Array.of(0);
    dims.forEach((size, i) => {
      const k = axes.indexOf(i);
      const begin = k < 0 ? 0 : pads[k]!;
      const next = new Int32Array(at.length * size);
      at.forEach((base, p) => {
        for (let j = 0; j < size; j++) {
          const s = source(c.attributes.mode, j - begin, x.dims[i]!);
          next[p * size + j] = base < 0 || s < 0 ? -1 : base + s * strides[i]!;
        }
      });
      at = next;
    });
    const value = c.inputs[2]?.data[0] ?? 0;
    return [{ dtype: x.dtype, dims, data: Float64Array.from(at, (p) => (p < 0 ? value : x.data[p]!)) }];
  },
  Expand(c) {
    const x = given(c, 0);
    const dims = broadcastDims([x.dims, list(c, 1)!]);
    return [{ dtype: x.dtype, dims, data: stretched(x, dims) }];
  },
  // x[i mod n], on each axis: read as [repeat, n] with stride 0 along the repeats
  Tile(c) {
    const x = given(c, 0);
    const repeats = list(c, 1)!;
    const strides = stridesOf(x.dims);
    const at = positions(
      x.dims.flatMap((d, i) => [repeats[i]!, d]),
      strides.flatMap((s) => [0, s]),
    );
    return [{ dtype: x.dtype, dims: x.dims.map((d, i) => d * repeats[i]!), data: pick(x.data, at) }];
  },
  Identity: (c) => [given(c, 0)],
  Shape(c) {
    const dims = given(c, 0).dims.slice(c.attributes.start, c.attributes.end);
    return [{ dtype: "int64", dims: [dims.length], data: Float64Array.from(dims) }];
  },
  Size: (c) => [{ dtype: "int64", dims: [], data: Float64Array.of(given(c, 0).data.length) }],
  ConstantOfShape(c) {
    const dims = list(c, 0)!;
    const value = toRef(c.attributes.value);
    return [{ dtype: value.dtype, dims, data: new Float64Array(sizeOf(dims)).fill(value.data[0]!) }];
  },
  // start + i · delta, for i below ⌈(limit - start) / delta⌉
  Range(c) {
    const [start, limit, delta] = [0, 1, 2].map((i) => given(c, i).data[0]!) as [number, number, number];
    const n = Math.max(0, Math.ceil((limit - start) / delta));
    return [
      result(
        given(c, 0).dtype,
        [n],
        Float64Array.from({ length: n }, (_, i) => start + i * delta),
      ),
    ];
  },
};
