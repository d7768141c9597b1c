import { multiply, multiplyTransposed } from "./products.js";

/**
 * The rows of X in an orthonormal basis of their span: X = L Qᵀ, L float64[n, r], r ≤ n.
 * A linear model penalised by ‖W‖² has its solution in that span, so with n < d samples it needs r weights instead of d.
 */
export interface Span {
  /** float64[n, r], row-major. */
  readonly coordinates: Float64Array;
  readonly rank: number;
  /** W = V Qᵀ: float64[c, r] to float64[c, d]. */
  toFeatures(v: Float64Array, c: number): Float64Array;
  /** V = W Q: float64[c, d] to float64[c, r], the projection on the span. */
  fromFeatures(w: Float64Array, c: number): Float64Array;
}

/** A row counts as a combination of others if its rest is below this share of the longest row. */
const negligible = 1e-10;

/**
 * Pivoted Cholesky decomposition of the Gram matrix, X Xᵀ = L Lᵀ, which stops when every row is a combination of the pivots.
 * With P the pivot rows, X_P = L_P Qᵀ and L_P is triangular. Q is not formed.
 */
export function spanOf(x: Float32Array, n: number, d: number): Span {
  const gram = new Float64Array(n * n);
  multiply(x, n, d, Float64Array.from(x), n, gram);
  const columns: Float64Array[] = []; // columns of L
  const pivots: number[] = [];
  const rest = Float64Array.from({ length: n }, (_, i) => gram[i * n + i]!);
  const longest = Math.max(...rest, 0);
  while (columns.length < n) {
    let p = 0;
    for (let i = 1; i < n; i++) if (rest[i]! > rest[p]!) p = i;
    if (!(rest[p]! > negligible * longest)) break;
    const pivot = Math.sqrt(rest[p]!);
    const column = new Float64Array(n);
    for (let i = 0; i < n; i++) column[i] = gram[i * n + p]!;
    for (const previous of columns) {
      const scale = previous[p]!;
      for (let i = 0; i < n; i++) column[i]! -= scale * previous[i]!;
    }
    for (let i = 0; i < n; i++) column[i]! /= pivot;
    // Earlier pivots have no rest but rounding errors. These are set to 0, so that L_P is triangular.
    for (const earlier of pivots) column[earlier] = 0;
    column[p] = pivot;
    for (let i = 0; i < n; i++) rest[i]! -= column[i]! ** 2;
    rest[p] = 0;
    columns.push(column);
    pivots.push(p);
  }
  const rank = columns.length;
  const coordinates = new Float64Array(n * rank);
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < rank; k++) coordinates[i * rank + k] = columns[k]![i]!;
  }
  // L_P, lower triangular, and X_P.
  const l = new Float64Array(rank * rank);
  const pivotRows = new Float32Array(rank * d);
  pivots.forEach((p, i) => {
    l.set(coordinates.subarray(p * rank, (p + 1) * rank), i * rank);
    pivotRows.set(x.subarray(p * d, (p + 1) * d), i * d);
  });
  return {
    coordinates,
    rank,
    toFeatures(v, c) {
      // Y L_P = V backwards, then W = Y X_P. y holds Yᵀ, float64[r, c].
      const y = new Float64Array(rank * c);
      for (let row = 0; row < c; row++) {
        for (let k = rank - 1; k >= 0; k--) {
          let sum = v[row * rank + k]!;
          for (let i = k + 1; i < rank; i++) sum -= y[i * c + row]! * l[i * rank + k]!;
          y[k * c + row] = sum / l[k * rank + k]!;
        }
      }
      const w = new Float64Array(c * d);
      multiplyTransposed(y, rank, c, pivotRows, d, w);
      return w;
    },
    fromFeatures(w, c) {
      // V L_Pᵀ = W X_Pᵀ, forwards. products holds X_P Wᵀ, float64[r, c].
      const products = new Float64Array(rank * c);
      multiply(pivotRows, rank, d, w, c, products);
      const v = new Float64Array(c * rank);
      for (let row = 0; row < c; row++) {
        for (let i = 0; i < rank; i++) {
          let sum = products[i * c + row]!;
          for (let k = 0; k < i; k++) sum -= v[row * rank + k]! * l[i * rank + k]!;
          v[row * rank + i] = sum / l[i * rank + i]!;
        }
      }
      return v;
    },
  };
}
