import type { DType } from "../../core/dtype.js";
import { isFloat } from "../../core/dtype.js";
import { invariant } from "../../core/errors.js";
import { sizeOf, stridesOf } from "../../core/shape.js";
import type { RefTensor } from "./reference.js";

/** The part of a context that these functions use. */
export interface Inputs {
  readonly inputs: readonly (RefTensor | undefined)[];
}

/** Returns input i, which must be there. */
export function given(c: Inputs, i: number): RefTensor {
  const x = c.inputs[i];
  invariant(x, `the reference was called without input ${i}`);
  return x;
}
/** Returns the numbers of an integer input; undefined if omitted. */
export function list(c: Inputs, i: number): number[] | undefined {
  const x = c.inputs[i];
  return x && Array.from(x.data);
}
export function axisOf(axis: number, rank: number): number {
  return axis < 0 ? axis + rank : axis;
}

/** Creates a result. Integer types truncate and wrap around as in hardware; bool is 0 or 1. */
export function result(dtype: DType, dims: readonly number[], data: Float64Array): RefTensor {
  invariant(data.length === sizeOf(dims), `${data.length} values for a result of shape [${dims}]`);
  if (!isFloat(dtype)) for (let i = 0; i < data.length; i++) data[i] = wrap(dtype, data[i]!);
  return { dtype, dims, data };
}

const bits: { readonly [D in DType]?: number } = {
  int8: 8,
  int16: 16,
  int32: 32,
  uint8: 8,
  uint16: 16,
  uint32: 32,
};

/** Returns v as this type holds it. 64-bit integers are exact up to 2^53 only and do not wrap. */
function wrap(dtype: DType, v: number): number {
  if (dtype === "bool") return v === 0 ? 0 : 1;
  const whole = Number.isFinite(v) ? Math.trunc(v) + 0 : 0;
  const width = bits[dtype];
  if (width === undefined) return whole;
  const size = 2 ** width;
  const low = ((whole % size) + size) % size;
  return dtype.startsWith("u") || low < size / 2 ? low : low - size;
}

/**
 * Returns the positions in a buffer of all index tuples of `dims`, in row-major order: start + Σ index · stride.
 * Transposes, broadcasts (stride 0), slices (any stride) and reductions read at such positions.
 */
export function positions(dims: readonly number[], strides: readonly number[], start = 0): Int32Array {
  let out = Int32Array.of(start);
  dims.forEach((size, axis) => {
    const stride = strides[axis]!;
    const next = new Int32Array(out.length * size);
    let at = 0;
    for (const base of out) for (let j = 0; j < size; j++) next[at++] = base + j * stride;
    out = next;
  });
  return out;
}

/** Broadcasts by NumPy's rule; inference has checked that the shapes fit. */
export function broadcastDims(shapes: readonly (readonly number[])[]): number[] {
  const rank = Math.max(0, ...shapes.map((s) => s.length));
  return Array.from({ length: rank }, (_, i) => {
    let size = 1;
    for (const s of shapes) {
      const d = s[i - rank + s.length];
      if (d !== undefined && d !== 1) {
        invariant(
          size === 1 || size === d,
          `shapes ${shapes.map((x) => `[${x}]`).join(", ")} do not broadcast`,
        );
        size = d;
      }
    }
    return size;
  });
}
/** Returns strides that read a tensor of shape `from` as shape `to`: 0 along broadcast axes. */
export function broadcastStrides(from: readonly number[], to: readonly number[]): number[] {
  const strides = stridesOf(from);
  const missing = to.length - from.length;
  return to.map((_, i) => (i < missing || from[i - missing] === 1 ? 0 : strides[i - missing]!));
}
/** Returns x's numbers broadcast to a shape. */
export function stretched(x: RefTensor, dims: readonly number[]): Float64Array {
  if (x.dims.length === dims.length && x.dims.every((d, i) => d === dims[i])) return x.data;
  return pick(x.data, positions(dims, broadcastStrides(x.dims, dims)));
}
/** Returns the numbers at these positions. */
export function pick(data: Float64Array, at: Int32Array): Float64Array {
  const out = new Float64Array(at.length);
  for (let i = 0; i < at.length; i++) out[i] = data[at[i]!]!;
  return out;
}
