import { multiply } from "./products.js";

/**
 * The rows of X in an orthonormal basis of their span: X = L Qᵀ, L float64[n, r], r ≤ n.
 * A linear model penalised by ‖W‖² has its solution in that span, so that n < d examples need r weights, not d.
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

/** What is left of a row, relative to the longest, when it counts as a combination of others. */
const negligible = 1e-10;

/**
 * Pivoted Cholesky of the Gram matrix: X Xᵀ = L Lᵀ, stopped when every row is a combination of the pivots.
 * With P the pivot rows, X_P = L_P Qᵀ and L_P triangular: Q is never formed.
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
    // Rows that are pivots already have nothing left: what rounding leaves is cleared, so that L_P is triangular.
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
  const l = (i: number, k: number): number => columns[k]![pivots[i]!]!;
  return {
    coordinates,
    rank,
    toFeatures(v, c) {
      // Y L_P = V backwards, then W = Y X_P.
      const w = new Float64Array(c * d);
      const y = new Float64Array(rank);
      for (let row = 0; row < c; row++) {
        for (let k = rank - 1; k >= 0; k--) {
          let sum = v[row * rank + k]!;
          for (let i = k + 1; i < rank; i++) sum -= y[i]! * l(i, k);
          y[k] = sum / l(k, k);
        }
        for (let k = 0; k < rank; k++) {
          const from = pivots[k]! * d;
          for (let t = 0; t < d; t++) w[row * d + t]! += y[k]! * x[from + t]!;
        }
      }
      return w;
    },
    fromFeatures(w, c) {
      // V L_Pᵀ = W X_Pᵀ, forwards.
      const v = new Float64Array(c * rank);
      for (let row = 0; row < c; row++) {
        for (let i = 0; i < rank; i++) {
          let sum = 0;
          for (let t = 0; t < d; t++) sum += w[row * d + t]! * x[pivots[i]! * d + t]!;
          for (let k = 0; k < i; k++) sum -= v[row * rank + k]! * l(i, k);
          v[row * rank + i] = sum / l(i, i);
        }
      }
      return v;
    },
  };
}
