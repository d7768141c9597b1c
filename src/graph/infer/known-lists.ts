import type { DType } from "../../core/dtype.js";
import { type Dim, type StaticShape, sizeOf, stridesOf } from "../../core/shape.js";
import { sliceBounds } from "./slice.js";

/**
 * Numbers of a small tensor in row-major order, as far as known. A size may be symbolic. Truth values are 0 and 1.
 */
export type KnownList = readonly Dim[];

type Binary = (a: number, b: number) => number;

/** Elementwise operators of two lists; results for whole numbers are in `integers`. */
const numbers: Readonly<Record<string, Binary>> = {
  Mul: (a, b) => a * b,
  Add: (a, b) => a + b,
  Sub: (a, b) => a - b,
  Div: (a, b) => a / b,
  // The result has the sign of the divisor, as for whole numbers without fmod.
  Mod: (a, b) => a - b * Math.floor(a / b),
  Min: Math.min,
  Max: Math.max,
  Equal: (a, b) => Number(a === b),
  Greater: (a, b) => Number(a > b),
  GreaterOrEqual: (a, b) => Number(a >= b),
  Less: (a, b) => Number(a < b),
  LessOrEqual: (a, b) => Number(a <= b),
  And: (a, b) => Number(a !== 0 && b !== 0),
  Or: (a, b) => Number(a !== 0 || b !== 0),
};

/** Results for symbolic sizes that hold for every size from 0 on. */
function named(op: string, a: Dim, b: Dim): Dim {
  if (op === "Mul" && (a === 1 || b === 1)) return a === 1 ? b : a;
  if (op === "Div" && b === 1) return a;
  if ((op === "Add" || op === "Sub") && b === 0) return a;
  if (op === "Add" && a === 0) return b;
  // A size is never -1: `Where(shape == -1, 1, shape)` is how exporters write an expand().
  if (op === "Equal" && a !== null && a === b) return 1;
  if (op === "Equal" && typeof a !== typeof b && [a, b].some((v) => typeof v === "number" && v < 0)) return 0;
  return null;
}

/** True if a whole number fits its type and does not wrap around. Sizes are not computed in smaller types. */
function holds(dtype: DType, v: number): boolean {
  if (dtype === "int64" || dtype === "uint64") return Number.isSafeInteger(v);
  return dtype === "int32" ? (v | 0) === v : v >= 0 && v <= 127;
}

/** op(a, b), broadcasting a list of one. Undefined if the lists do not fit or the operator is not supported. */
export function elementwiseList(op: string, a: KnownList, b: KnownList, dtype: DType): KnownList | undefined {
  const f = Object.hasOwn(numbers, op) ? numbers[op]! : undefined;
  if (!f || (a.length !== b.length && a.length !== 1 && b.length !== 1)) return undefined;
  const whole = dtype !== "float32" && dtype !== "float64";
  const one = (x: Dim, y: Dim): Dim => {
    if (typeof x !== "number" || typeof y !== "number") return named(op, x, y);
    if (whole && y === 0 && (op === "Div" || op === "Mod")) return null;
    const v = op === "Div" && whole ? Math.trunc(x / y) : f(x, y);
    if (whole) return holds(dtype, v) ? v : null;
    return dtype === "float32" ? Math.fround(v) : v;
  };
  const n = a.length === 0 || b.length === 0 ? 0 : Math.max(a.length, b.length);
  return Array.from({ length: n }, (_, i) => one(a[a.length === 1 ? 0 : i]!, b[b.length === 1 ? 0 : i]!));
}

/** condition ? a : b, broadcasting lists of one. */
export function chosenList(condition: KnownList, a: KnownList, b: KnownList): KnownList | undefined {
  const n = Math.max(condition.length, a.length, b.length);
  if ([condition, a, b].some((list) => list.length !== n && list.length !== 1)) return undefined;
  const at = (list: KnownList, i: number): Dim => list[list.length === 1 ? 0 : i]!;
  return Array.from({ length: n }, (_, i) => {
    const c = at(condition, i);
    if (typeof c !== "number") return at(a, i) === at(b, i) ? at(a, i) : null;
    return at(c !== 0 ? a : b, i);
  });
}

/** Returns the element at `index` for every index of the result. */
function moved(
  list: KnownList,
  dims: StaticShape,
  from: readonly (readonly number[])[],
  perm?: readonly number[],
) {
  const order = perm ?? dims.map((_, i) => i);
  const strides = stridesOf(dims);
  let places = [0];
  for (const axis of order) places = places.flatMap((p) => from[axis]!.map((i) => p + i * strides[axis]!));
  return places.map((p) => list[p]!);
}

/** Returns the elements that a Slice keeps. */
export function slicedList(
  list: KnownList,
  dims: StaticShape,
  bounds: readonly {
    readonly axis: number;
    readonly start: number;
    readonly end: number;
    readonly step: number;
  }[],
): KnownList | undefined {
  if (sizeOf(dims) !== list.length) return undefined;
  const from = dims.map((n) => Array.from({ length: n }, (_, i) => i));
  for (const { axis, start, end, step } of bounds) {
    const a = axis < 0 ? axis + dims.length : axis;
    if (step === 0 || from[a] === undefined) return undefined;
    const [first, stop] = sliceBounds(dims[a]!, start, end, step);
    const count = Math.max(0, Math.ceil((stop - first) / step));
    from[a] = Array.from({ length: count }, (_, i) => first + i * step);
  }
  return moved(list, dims, from);
}

/** Returns the elements in the order of a Transpose. */
export function transposedList(list: KnownList, dims: StaticShape, perm: readonly number[]) {
  if (sizeOf(dims) !== list.length || perm.length !== dims.length) return undefined;
  const from = dims.map((n) => Array.from({ length: n }, (_, i) => i));
  return moved(list, dims, from, perm);
}
