import { centredColumns, rowProducts } from "../linalg/row-products.js";
import { checkRows } from "./sample.js";

/**
 * Linear CKA: similarity of two models' features of the same items, whatever their numbers of features.
 *
 * ⟨K, L⟩ / (‖K‖ ‖L‖), K = xxᵀ, L = yyᵀ of centred features
 *
 * @param x float32[n, dx]
 * @param y float32[n, dy]: the same items in the same order
 * @returns 0 … 1, unchanged by rotation and scale; 0 if a model gives the same features for all items
 * @throws ShapeError, NumericError
 * @see Kornblith et al. 2019, Similarity of neural network representations revisited
 */
export function linearCka(x: Float32Array, dx: number, y: Float32Array, dy: number): number {
  const n = Math.round(x.length / dx);
  checkRows(x, dx, n);
  checkRows(y, dy, n);
  return alignment(centredProducts(x, n, dx), centredProducts(y, n, dy));
}

/** Returns the products of a model's centred rows, float64[n, n], to compare it with several others. */
export function centredProducts(x: Float32Array, n: number, width: number): Float64Array {
  return rowProducts(centredColumns(x, n, width), n, width);
}

/** Returns ⟨K, L⟩ / (‖K‖ ‖L‖), 0 if one is 0. @param k from {@link centredProducts}, of the same rows */
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
