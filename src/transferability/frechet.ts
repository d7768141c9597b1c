import { EngraftError } from "../core/errors.js";
import { decompose } from "../linalg/eigenvalues.js";
import { multiply } from "../linalg/products.js";
import { centredColumns, columnProducts, rowProducts } from "../linalg/row-products.js";
import { checkRows } from "./sample.js";

/**
 * Fréchet distance of two samples as Gaussians: ‖μ−μ'‖² + tr(Σ + Σ' − 2 (Σ Σ')^½), covariances over N − 1.
 *
 * tr (ΣΣ')^½ is the sum of the singular values of f f'ᵀ / √((n−1)(m−1)), so D may be larger than n and m.
 * @param x float32[n, D]
 * @param y float32[m, D]; n, m ≥ 2
 * @returns 0 or more, in squared units of the features; smaller is nearer
 * @throws ShapeError, NumericError; DataError for fewer than 2 rows
 * @see Dowson and Landau 1982; Heusel et al. 2017
 */
export function frechetDistance(x: Float32Array, y: Float32Array, width: number): number {
  return frechet(x, y, width).value;
}

/** The Fréchet distance, and its share of the total variance. */
export interface Frechet {
  readonly value: number;
  /** value / (tr Σ + tr Σ'): unitless, so that bases with different features can be compared; 0 for equal samples. */
  readonly relative: number;
}

/** Returns {@link frechetDistance} with its share of the variance. @throws like it */
export function frechet(x: Float32Array, y: Float32Array, width: number): Frechet {
  const [n, m] = [x.length / width, y.length / width].map(Math.round) as [number, number];
  checkRows(x, width, n);
  checkRows(y, width, m);
  if (n < 2 || m < 2)
    throw new EngraftError("DataError", `a Fréchet distance needs 2 rows of each, there are ${n} and ${m}`);
  let means = 0;
  for (let t = 0; t < width; t++) {
    let difference = 0;
    for (let i = 0; i < n; i++) difference += x[i * width + t]! / n;
    for (let i = 0; i < m; i++) difference -= y[i * width + t]! / m;
    means += difference ** 2;
  }
  const [f, g] = [centredColumns(x, n, width), centredColumns(y, m, width)];
  const energy = (a: Float64Array, rows: number): number => a.reduce((s, v) => s + v * v, 0) / (rows - 1);
  const cross = new Float64Array(n * m);
  multiply(f, n, width, g, m, cross);
  const small = Math.min(n, m);
  const gram = n <= m ? rowProducts(cross, n, m) : columnProducts(cross, n, m);
  const { values } = decompose(gram, small, new Float64Array(0), 0);
  // Rounding of a zero would give its root, 1e-8, once for each row.
  const least = small * Number.EPSILON * values.reduce((most, v) => Math.max(most, v), 0);
  const root = values.reduce((s, v) => s + (v > least ? Math.sqrt(v) : 0), 0) / Math.sqrt((n - 1) * (m - 1));
  const variance = energy(f, n) + energy(g, m);
  const value = Math.max(0, means + variance - 2 * root);
  return { value, relative: value === 0 ? 0 : value / variance };
}
