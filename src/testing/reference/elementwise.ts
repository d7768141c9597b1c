import { type DType, isFloat } from "../../core/dtype.js";
import type { Elementwise } from "../../graph/ops.js";
import { broadcastDims, given, type Inputs, result, stretched } from "./arrays.js";
import type { ReferenceTable, RefTensor } from "./reference.js";

/** y = f(x). */
export function map(c: Inputs, f: (x: number) => number, dtype?: DType): RefTensor[] {
  const x = given(c, 0);
  const y = new Float64Array(x.data.length);
  for (let i = 0; i < y.length; i++) y[i] = f(x.data[i]!);
  return [result(dtype ?? x.dtype, x.dims, y)];
}
/** y = f(a, b), broadcast. */
export function zip(c: Inputs, f: (a: number, b: number) => number, dtype?: DType): RefTensor[] {
  const [a, b] = [given(c, 0), given(c, 1)];
  const dims = broadcastDims([a.dims, b.dims]);
  const [p, q] = [stretched(a, dims), stretched(b, dims)];
  const y = new Float64Array(p.length);
  for (let i = 0; i < y.length; i++) y[i] = f(p[i]!, q[i]!);
  return [result(dtype ?? a.dtype, dims, y)];
}
/** y = f(f(x1, x2), x3) …, broadcast. */
function fold(c: Inputs, f: (a: number, b: number) => number): RefTensor[] {
  let y = given(c, 0);
  for (let i = 1; i < c.inputs.length; i++) y = zip({ inputs: [y, given(c, i)] }, f)[0]!;
  return [y];
}

// erf(x) = 2 / √π · e^(-x²) · Σ 2^n x^(2n+1) / (1 · 3 · … · (2n+1)): no cancellation, all terms have x's sign.
// (Abramowitz and Stegun 7.1.6; 1 - erf(6) is 2e-17, below what a float64 near 1 can hold.)
export function erf(x: number): number {
  if (Number.isNaN(x)) return x;
  if (Math.abs(x) >= 6) return Math.sign(x);
  let term = x;
  let sum = x;
  for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}
// Rounds to the nearest, halves to even.
function round(x: number): number {
  const low = Math.floor(x);
  const rest = x - low;
  if (rest !== 0.5) return rest < 0.5 ? low : low + 1;
  return low % 2 === 0 ? low : low + 1;
}
// fmod has the sign of a (C), otherwise that of b (Python).
function mod(fmod: boolean) {
  return (a: number, b: number): number => {
    const r = a % b;
    return fmod || r === 0 || r < 0 === b < 0 ? r : r + b;
  };
}
// IEEE 754's pow, where JavaScript gives NaN: 1^y = 1 for every y, NaN included, and (-1)^±∞ = 1.
function power(a: number, b: number): number {
  return a === 1 || (a === -1 && Math.abs(b) === Number.POSITIVE_INFINITY) ? 1 : a ** b;
}
// a · b of whole numbers wraps around. If float64 lost the lowest bits, they are computed again.
function product(dtype: DType): (a: number, b: number) => number {
  if (isFloat(dtype)) return (a, b) => a * b;
  const width = dtype === "int64" || dtype === "uint64" ? 64 : 32;
  return (a, b) =>
    Number.isSafeInteger(a * b) ? a * b : Number(BigInt.asIntN(width, BigInt(a) * BigInt(b)));
}
const test = (yes: boolean): number => (yes ? 1 : 0);

export const elementwise: ReferenceTable<Elementwise> = {
  Add: (c) => zip(c, (a, b) => a + b),
  Sub: (c) => zip(c, (a, b) => a - b),
  Mul: (c) => zip(c, product(given(c, 0).dtype)),
  // Integers truncate toward zero in `result`.
  Div: (c) => zip(c, (a, b) => a / b),
  Pow: (c) => zip(c, power),
  Min: (c) => fold(c, Math.min),
  Max: (c) => fold(c, Math.max),
  Mod: (c) => zip(c, mod(c.attributes.fmod)),
  Neg: (c) => map(c, (x) => -x),
  Abs: (c) => map(c, Math.abs),
  Sign: (c) => map(c, Math.sign),
  Sqrt: (c) => map(c, Math.sqrt),
  Exp: (c) => map(c, Math.exp),
  Log: (c) => map(c, Math.log),
  Reciprocal: (c) => map(c, (x) => 1 / x),
  Erf: (c) => map(c, erf),
  Floor: (c) => map(c, Math.floor),
  Ceil: (c) => map(c, Math.ceil),
  Round: (c) => map(c, round),
  Equal: (c) => zip(c, (a, b) => test(a === b), "bool"),
  Greater: (c) => zip(c, (a, b) => test(a > b), "bool"),
  GreaterOrEqual: (c) => zip(c, (a, b) => test(a >= b), "bool"),
  Less: (c) => zip(c, (a, b) => test(a < b), "bool"),
  LessOrEqual: (c) => zip(c, (a, b) => test(a <= b), "bool"),
  And: (c) => zip(c, (a, b) => a * b, "bool"),
  Or: (c) => zip(c, (a, b) => a + b, "bool"),
  Not: (c) => map(c, (x) => 1 - x),
  IsNaN: (c) => map(c, (x) => test(Number.isNaN(x)), "bool"),
  Where(c) {
    const [condition, a, b] = [given(c, 0), given(c, 1), given(c, 2)];
    const dims = broadcastDims([condition.dims, a.dims, b.dims]);
    const [p, q, r] = [stretched(condition, dims), stretched(a, dims), stretched(b, dims)];
    return [{ dtype: a.dtype, dims, data: p.map((yes, i) => (yes ? q[i]! : r[i]!)) }];
  },
  Xor: (c) => zip(c, (a, b) => test(a !== b), "bool"),
  IsInf(c) {
    const { detect_negative, detect_positive } = c.attributes;
    const found = (x: number): boolean =>
      (detect_positive && x === Number.POSITIVE_INFINITY) ||
      (detect_negative && x === Number.NEGATIVE_INFINITY);
    return map(c, (x) => test(found(x)), "bool");
  },
  // A float stays float64, whatever its type: the reference does not round.
  Cast(c) {
    const x = given(c, 0);
    const { to } = c.attributes;
    return [
      isFloat(to)
        ? { ...x, dtype: to }
        : result(
            to,
            x.dims,
            x.data.map((v) => (Number.isNaN(v) && to === "bool" ? 1 : v)),
          ),
    ];
  },
};
