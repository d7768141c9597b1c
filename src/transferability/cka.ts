import { centredColumns, rowProducts } from "../linalg/row-products.js";
import { checkRows } from "./sample.js";

/**
 * Linear CKA: how alike two models see the same items, whatever their numbers of features.
 *
 * ⟨K, L⟩ / (‖K‖ ‖L‖), K = xxᵀ, L = yyᵀ of centred features
 *
 * @param x float32[n, dx]. @param y float32[n, dy]: the same items in the same order
 * @returns 0 … 1, unchanged by rotation and scale; 0 where a model gives one answer to all
 * @see Kornblith et al. 2019, Similarity of neural network representations revisited. @throws ShapeError, NumericError
 */
export function linearCka(x: Float32Array, dx: number, y: Float32Array, dy: number): number {
  const n = Math.round(x.length / dx);
  checkRows(x, dx, n);
  checkRows(y, dy, n);
  return alignment(centredProducts(x, n, dx), centredProducts(y, n, dy));
}

/** The products of the centred rows of a model, float64[n, n]: to be held against those of several others. */
export function centredProducts(x: Float32Array, n: number, width: number): Float64Array {
  return rowProducts(centredColumns(x, n, width), n, width);
}

/** ⟨K, L⟩ / (‖K‖ ‖L‖), 0 where one is 0. @param k as {@link centredProducts} gives them, of the same rows */
export function alignment(k: Float64Array, l: Float64Array): number {
  let inner = 0;
  let kk = 0;
  let ll = 0;
  for (let at = 0; at < k.length; at++) {
    inner += k[at]! * l[at]!;
    kk += k[at]! ** 2;
    ll += l[at]! ** 2;
  }
  return kk > 0 && ll > 0 ? inner / Math.sqrt(kk * ll) : 0;
}
