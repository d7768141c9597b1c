import { simdCholesky } from "./simd/simd-cholesky.js";

/**
 * Returns the Cholesky factor L of A = L Lᵀ, lower triangular, or undefined if A is not positive definite.
 * @param a float64[n, n], only the lower triangle is read; not changed @returns float64[n, n], only the lower triangle counts
 */
export function cholesky(a: Float64Array, n: number): Float64Array | undefined {
  const laned = simdCholesky(a, n);
  return laned === "none" ? plainCholesky(a, n) : laned;
}

/** {@link cholesky} without WebAssembly. */
export function plainCholesky(a: Float64Array, n: number): Float64Array | undefined {
  const l = Float64Array.from(a);
  for (let j = 0; j < n; j++) {
    const row = j * n;
    let rest = l[row + j]!;
    for (let k = row; k < row + j; k++) rest -= l[k]! * l[k]!;
    if (!(rest > 0)) return undefined;
    const pivot = Math.sqrt(rest);
    l[row + j] = pivot;
    // Four rows at once, so that their sums run in parallel.
    let i = j + 1;
    for (; i + 3 < n; i += 4) {
      const [p0, p1, p2, p3] = [i * n, (i + 1) * n, (i + 2) * n, (i + 3) * n];
      let [s0, s1, s2, s3] = [l[p0 + j]!, l[p1 + j]!, l[p2 + j]!, l[p3 + j]!];
      for (let k = 0; k < j; k++) {
        const x = l[row + k]!;
        s0 -= l[p0 + k]! * x;
        s1 -= l[p1 + k]! * x;
        s2 -= l[p2 + k]! * x;
        s3 -= l[p3 + k]! * x;
      }
      l[p0 + j] = s0 / pivot;
      l[p1 + j] = s1 / pivot;
      l[p2 + j] = s2 / pivot;
      l[p3 + j] = s3 / pivot;
    }
    for (; i < n; i++) {
      let s = l[i * n + j]!;
      for (let k = 0; k < j; k++) s -= l[i * n + k]! * l[row + k]!;
      l[i * n + j] = s / pivot;
    }
  }
  return l;
}

/** Solves L Y = B in place, L lower triangular. @param y float64[n, t], holds B at first */
function substituteForward(l: Float64Array, n: number, y: Float64Array, t: number): void {
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) {
      const share = l[i * n + k]!;
      for (let c = 0, p = i * t, q = k * t; c < t; c++, p++, q++) y[p]! -= share * y[q]!;
    }
    for (let p = i * t; p < (i + 1) * t; p++) y[p]! /= l[i * n + i]!;
  }
}

/** Solves L Lᵀ X = B. @param l from {@link cholesky} @param b float64[n, t] @returns float64[n, t] */
export function choleskySolve(l: Float64Array, n: number, b: Float64Array, t: number): Float64Array {
  const x = Float64Array.from(b);
  substituteForward(l, n, x, t);
  // Lᵀ X = Y from the last row up. A solved row is subtracted from the rows above, so L is read row by row.
  for (let i = n - 1; i >= 0; i--) {
    for (let p = i * t; p < (i + 1) * t; p++) x[p]! /= l[i * n + i]!;
    for (let k = 0; k < i; k++) {
      const share = l[i * n + k]!;
      for (let c = 0, p = i * t, q = k * t; c < t; c++, p++, q++) x[q]! -= share * x[p]!;
    }
  }
  return x;
}

/** Returns ‖L⁻¹ b‖² = bᵀ (L Lᵀ)⁻¹ b. */
export function inverseNorm(l: Float64Array, n: number, b: Float64Array): number {
  const y = Float64Array.from(b);
  substituteForward(l, n, y, 1);
  return y.reduce((sum, v) => sum + v * v, 0);
}
