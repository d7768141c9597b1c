import type { Matrix } from "./products.js";
import { simdCholesky } from "./simd/simd-cholesky.js";
import { simdRowProducts } from "./simd/simd-row-products.js";
import { passWork } from "./simd/tridiagonal-pass.js";

/**
 * A Aᵀ, float64[n, n], of the rows of A: float64[n, d]. Two rows by four at once: each value that is read takes part in
 * several products.
 */
export function rowProducts(a: Matrix, n: number, d: number): Float64Array {
  return simdRowProducts(a, n, d) ?? plainRowProducts(a, n, d);
}

/** The same in JavaScript alone. */
export function plainRowProducts(a: Matrix, n: number, d: number): Float64Array {
  const out = new Float64Array(n * n);
  const put = (i: number, j: number, value: number): void => {
    out[i * n + j] = out[j * n + i] = value;
  };
  for (let i = 0; i < n; i += 2) {
    let j = 0;
    for (; j + 3 <= i && i + 1 < n; j += 4) {
      let s0 = 0;
      let s1 = 0;
      let s2 = 0;
      let s3 = 0;
      let u0 = 0;
      let u1 = 0;
      let u2 = 0;
      let u3 = 0;
      const [p, q] = [i * d, j * d];
      for (let t = 0; t < d; t++) {
        const x = a[p + t]!;
        const y = a[p + d + t]!;
        const z0 = a[q + t]!;
        const z1 = a[q + d + t]!;
        const z2 = a[q + 2 * d + t]!;
        const z3 = a[q + 3 * d + t]!;
        s0 += x * z0;
        u0 += y * z0;
        s1 += x * z1;
        u1 += y * z1;
        s2 += x * z2;
        u2 += y * z2;
        s3 += x * z3;
        u3 += y * z3;
      }
      put(i, j, s0);
      put(i, j + 1, s1);
      put(i, j + 2, s2);
      put(i, j + 3, s3);
      put(i + 1, j, u0);
      put(i + 1, j + 1, u1);
      put(i + 1, j + 2, u2);
      put(i + 1, j + 3, u3);
    }
    for (let row = i; row < Math.min(n, i + 2); row++)
      for (let k = j; k <= row; k++) {
        let s = 0;
        for (let t = 0, p = row * d, q = k * d; t < d; t++, p++, q++) s += a[p]! * a[q]!;
        put(row, k, s);
      }
  }
  return out;
}

/** Aᵀ of float64[n, d]. */
export function transposed(a: Matrix, n: number, d: number): Float64Array {
  const out = new Float64Array(n * d);
  for (let i = 0; i < n; i++) for (let t = 0; t < d; t++) out[t * n + i] = a[i * d + t]!;
  return out;
}

/**
 * The Cholesky factor L of A = L Lᵀ, lower triangle of float64[n, n]; undefined where A is not positive definite.
 * @param a left as it is
 */
export function cholesky(a: Float64Array, n: number): Float64Array | undefined {
  const laned = simdCholesky(a, n);
  return laned === "none" ? plainCholesky(a, n) : laned;
}

/** The same in JavaScript alone. */
export function plainCholesky(a: Float64Array, n: number): Float64Array | undefined {
  const l = Float64Array.from(a);
  for (let j = 0; j < n; j++) {
    const row = j * n;
    let rest = l[row + j]!;
    for (let k = row; k < row + j; k++) rest -= l[k]! * l[k]!;
    if (!(rest > 0)) return undefined;
    const pivot = Math.sqrt(rest);
    l[row + j] = pivot;
    // Four rows below at once: their sums do not wait for each other.
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

/** ‖L⁻¹ b‖² = bᵀ (L Lᵀ)⁻¹ b */
export function inverseNorm(l: Float64Array, n: number, b: Float64Array): number {
  const y = Float64Array.from(b);
  let sum = 0;
  for (let i = 0; i < n; i++) {
    let s = y[i]!;
    for (let k = 0; k < i; k++) s -= l[i * n + k]! * y[k]!;
    y[i] = s / l[i * n + i]!;
    sum += y[i]! ** 2;
  }
  return sum;
}

export interface Decomposed {
  /** float64[n], in no order. */
  readonly values: Float64Array;
  /** Qᵀ B, float64[n, c], a row an eigenvalue; B the identity gives the eigenvectors as rows. */
  readonly rotated: Float64Array;
}

/** More sweeps for one eigenvalue mean that a value is not a number. */
const mostSweeps = 60;

/** A symmetric matrix by its diagonal and what stands beside it: float64[n] each, the last of `beside` without meaning. */
export interface Tridiagonal {
  readonly diagonal: Float64Array;
  readonly beside: Float64Array;
}

/** Q = H₀ H₁ … */
export interface Reflections {
  /** float64[n, n], row k < n − 1 of H_k = I − β v vᵀ: its β at place k (0: none), its v behind it. */
  readonly reflections: Float64Array;
}

/**
 * A = Q T Qᵀ of a symmetric matrix, T tridiagonal, by Householder's reflections; b becomes Qᵀ b.
 *
 * Only the lower triangle is read. The change that one reflection makes to what is left waits until the next one reads it
 * anyway: A is gone through once a reflection, n³ / 6 values in all.
 * @param given float64[n, n], left as it is. @param b float64[n, c], spoiled
 */
export function tridiagonal(
  given: Float64Array,
  n: number,
  b: Float64Array,
  c: number,
): Tridiagonal & Reflections {
  const diagonal = new Float64Array(n);
  const beside = new Float64Array(n);
  const work = passWork(given, n);
  const { a } = work;
  // A − vp wpᵀ − wp vpᵀ is what A stands for; both 0 at first.
  let [v, w, vp, wp] = work.vectors;
  const along = new Float64Array(c);
  for (let k = 0; k < n; k++) {
    const first = k + 1;
    const [vk, wk] = [vp[k]!, wp[k]!];
    diagonal[k] = a[k * n + k]! - 2 * vk * wk;
    let norm = 0;
    for (let i = first; i < n; i++) {
      const x = a[i * n + k]! - vp[i]! * wk - wp[i]! * vk;
      v[i] = x;
      norm += x * x;
    }
    if (first === n) break;
    const rest = norm - v[first]! ** 2;
    a[k * n + k] = 0;
    if (rest <= 0) {
      beside[k] = v[first]!;
      v.fill(0);
      work.pass(first, vp, wp, v, w);
      vp.fill(0);
      wp.fill(0);
      continue;
    }
    // H = I − 2 v vᵀ / vᵀv takes the column to (α, 0, …)
    const alpha = v[first]! > 0 ? -Math.sqrt(norm) : Math.sqrt(norm);
    beside[k] = alpha;
    v[first]! -= alpha;
    const beta = 2 / (rest + v[first]! ** 2);
    a[k * n + k] = beta;
    a.set(v.subarray(first), k * n + first);
    // w = β A v − (β/2)(β vᵀ A v) v,   H A H = A − v wᵀ − w vᵀ
    work.pass(first, vp, wp, v, w);
    let inner = 0;
    for (let i = first; i < n; i++) {
      w[i]! *= beta;
      inner += w[i]! * v[i]!;
    }
    for (let i = first; i < n; i++) w[i]! -= 0.5 * beta * inner * v[i]!;
    // B − β v (vᵀ B), row by row
    along.fill(0);
    for (let i = first; i < n; i++) {
      const vi = v[i]!;
      for (let t = 0, p = i * c; t < c; t++, p++) along[t]! += vi * b[p]!;
    }
    for (let i = first; i < n; i++) {
      const vi = beta * v[i]!;
      for (let t = 0, p = i * c; t < c; t++, p++) b[p]! -= vi * along[t]!;
    }
    [v, w, vp, wp] = [vp, wp, v, w];
  }
  return { diagonal, beside, reflections: a };
}

/** Eigenvalues of T, in no order. T is left as it is. */
export function eigenvalues({ diagonal, beside }: Tridiagonal, n: number): Float64Array {
  const values = Float64Array.from(diagonal);
  implicitQl(values, Float64Array.from(beside), n, new Float64Array(0), 0);
  return values;
}

/**
 * A = Q Λ Qᵀ of a symmetric matrix: {@link tridiagonal}, then implicit QL. Only Λ and Qᵀ B are formed: with c columns the
 * second half costs n² c, not n³, which is most of what an eigenvector costs.
 * @param a float64[n, n], left as it is. @param b float64[n, c], spoiled
 * @see Golub and Van Loan, Matrix Computations, 8.3
 */
export function decompose(a: Float64Array, n: number, b: Float64Array, c: number): Decomposed {
  const { diagonal, beside } = tridiagonal(a, n, b, c);
  implicitQl(diagonal, beside, n, b, c);
  return { values: diagonal, rotated: b };
}

function implicitQl(d: Float64Array, e: Float64Array, n: number, b: Float64Array, c: number): void {
  // With numbers of at most 1 a root of squares does for Math.hypot, which takes several times as long.
  let scale = 0;
  for (let i = 0; i < n; i++) scale = Math.max(scale, Math.abs(d[i]!), Math.abs(e[i]!));
  if (scale === 0) return;
  for (let i = 0; i < n; i++) {
    d[i]! /= scale;
    e[i]! /= scale;
  }
  scaledQl(d, e, n, b, c);
  for (let i = 0; i < n; i++) d[i]! *= scale;
}

function scaledQl(d: Float64Array, e: Float64Array, n: number, b: Float64Array, c: number): void {
  for (let l = 0; l < n; l++) {
    for (let sweep = 0; sweep < mostSweeps; sweep++) {
      let m = l;
      while (m < n - 1 && Math.abs(e[m]!) > Number.EPSILON * (Math.abs(d[m]!) + Math.abs(d[m + 1]!))) m++;
      if (m === l) break;
      let g = (d[l + 1]! - d[l]!) / (2 * e[l]!);
      let r = Math.hypot(g, 1);
      g = d[m]! - d[l]! + e[l]! / (g + (g >= 0 ? r : -r));
      let s = 1;
      let co = 1;
      let p = 0;
      let i = m - 1;
      for (; i >= l; i--) {
        let f = s * e[i]!;
        const h = co * e[i]!;
        r = Math.sqrt(f * f + g * g);
        e[i + 1] = r;
        if (r === 0) {
          d[i + 1]! -= p;
          e[m] = 0;
          break;
        }
        s = f / r;
        co = g / r;
        g = d[i + 1]! - p;
        r = (d[i]! - g) * s + 2 * co * h;
        p = s * r;
        d[i + 1] = g + p;
        g = co * r - h;
        for (let t = 0, x = i * c, y = x + c; t < c; t++, x++, y++) {
          f = b[y]!;
          b[y] = s * b[x]! + co * f;
          b[x] = co * b[x]! - s * f;
        }
      }
      if (r === 0 && i >= l) continue;
      d[l]! -= p;
      e[l] = g;
      e[m] = 0;
    }
  }
}
