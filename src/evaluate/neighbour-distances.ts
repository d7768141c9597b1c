import { multiply } from "../linalg/products.js";

/**
 * Distance of each row to the k-th nearest known one, both of length 1: ‖a − b‖² = 2 − 2 a·b.
 * @param known float32[N, D]
 * @param k default 5; N if there are fewer
 * @see Sun et al. 2022, Out-of-distribution detection with deep nearest neighbors
 */
export function neighbourDistances(
  known: ArrayLike<number>,
  features: ArrayLike<number>,
  dims: number,
  k = 5,
): Float64Array {
  const [from, to] = [unitRows(known, dims), unitRows(features, dims)];
  const [n, m] = [from.length / dims, to.length / dims];
  const distances = new Float64Array(m);
  const atOnce = Math.max(1, Math.min(m, Math.floor(mostAtOnce / n)));
  const cosines = new Float64Array(atOnce * n);
  for (let first = 0; first < m; first += atOnce) {
    const count = Math.min(atOnce, m - first);
    multiply(to.subarray(first * dims, (first + count) * dims), count, dims, from, n, cosines);
    for (let i = 0; i < count; i++) {
      const own = cosines.subarray(i * n, (i + 1) * n).sort();
      distances[first + i] = Math.sqrt(Math.max(0, 2 - 2 * own[n - Math.min(k, n)]!));
    }
  }
  return distances;
}

/** Cosines in memory at once: 2 MB. */
const mostAtOnce = 2 ** 18;

function unitRows(rows: ArrayLike<number>, dims: number): Float64Array {
  const unit = Float64Array.from(rows as ArrayLike<number>);
  for (let row = 0; row < unit.length; row += dims) {
    let square = 0;
    for (let d = 0; d < dims; d++) square += unit[row + d]! ** 2;
    if (square > 0) for (let d = 0; d < dims; d++) unit[row + d]! /= Math.sqrt(square);
  }
  return unit;
}
