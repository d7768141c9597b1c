import { passWork } from "./simd/tridiagonal-pass.js";

export interface Decomposed {
  /** float64[n], unordered. */
  readonly values: Float64Array;
  /** Qᵀ B, float64[n, c], a row an eigenvalue; B the identity gives the eigenvectors as rows. */
  readonly rotated: Float64Array;
}

/** Elements below this share of the largest count as 0. */
const tiny = 1e-100;

/** Sweeps for one eigenvalue; more are needed only if a value is not a number. */
const mostSweeps = 60;

/** A symmetric tridiagonal matrix. */
export interface Tridiagonal {
  /** float64[n] */
  readonly diagonal: Float64Array;
  /** float64[n]: element i is at (i, i + 1) and (i + 1, i); the last one is not used. */
  readonly offDiagonal: Float64Array;
}

/** Q = H₀ H₁ … */
export interface Reflections {
  /** float64[n, n], row k < n − 1 of H_k = I − β v vᵀ: its β at place k (0: none), its v behind it. */
  readonly reflections: Float64Array;
}

/**
 * A = Q T Qᵀ of a symmetric matrix, T tridiagonal, by Householder's reflections; b becomes Qᵀ b.
 *
 * Only the lower triangle is read. The update by one reflection is applied while the next one reads the matrix, so each
 * reflection passes over A once: n³ / 6 values in all.
 * @param given float64[n, n], not changed @param b float64[n, c], overwritten
 */
export function tridiagonal(
  given: Float64Array,
  n: number,
  b: Float64Array,
  c: number,
): Tridiagonal & Reflections {
  const diagonal = new Float64Array(n);
  const offDiagonal = new Float64Array(n);
  const work = passWork(given, n);
  const { a } = work;
  // A − vp wpᵀ − wp vpᵀ is the current matrix; both are 0 at first.
  let [v, w, vp, wp] = work.vectors;
  const along = new Float64Array(c);
  // Of a matrix of low rank, rounding errors of rounding errors are left, whose squares have no reciprocal.
  const least = (tiny * given.reduce((most, value) => Math.max(most, Math.abs(value)), 0)) ** 2;
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
    if (rest <= least) {
      offDiagonal[k] = v[first]!;
      v.fill(0);
      work.pass(first, vp, wp, v, w);
      vp.fill(0);
      wp.fill(0);
      continue;
    }
    // H = I − 2 v vᵀ / vᵀv takes the column to (α, 0, …)
    const alpha = v[first]! > 0 ? -Math.sqrt(norm) : Math.sqrt(norm);
    offDiagonal[k] = alpha;
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
  return { diagonal, offDiagonal, reflections: a };
}

/** Returns the eigenvalues of T, unordered. T is not changed. */
export function eigenvalues({ diagonal, offDiagonal }: Tridiagonal, n: number): Float64Array {
  const values = Float64Array.from(diagonal);
  implicitQl(values, Float64Array.from(offDiagonal), n, new Float64Array(0), 0);
  return values;
}

/**
 * Eigenvalues Λ and Qᵀ B of a symmetric matrix A = Q Λ Qᵀ: {@link tridiagonal}, then implicit QL. Q is not formed, so the
 * second half costs n² c for c columns, instead of n³.
 * @param a float64[n, n], not changed @param b float64[n, c], overwritten
 * @see Golub and Van Loan, Matrix Computations, 8.3
 */
export function decompose(a: Float64Array, n: number, b: Float64Array, c: number): Decomposed {
  const { diagonal, offDiagonal } = tridiagonal(a, n, b, c);
  implicitQl(diagonal, offDiagonal, n, b, c);
  return { values: diagonal, rotated: b };
}

function implicitQl(d: Float64Array, e: Float64Array, n: number, b: Float64Array, c: number): void {
  // Scaled to at most 1, √(x² + y²) cannot overflow; Math.hypot takes several times as long.
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
