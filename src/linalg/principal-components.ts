import { largestEigenvectors } from "./eigenvectors.js";
import { multiply, multiplyTransposed } from "./products.js";
import { transposed } from "./row-products.js";

/**
 * Returns the k principal components with the largest variance, float64[n, k]. The sign of each makes its largest loading
 * positive, as in scikit-learn from 1.5 on.
 * @param f float64[n, d], centred @param gram the smaller of f fᵀ and fᵀ f
 */
export function principalComponents(
  f: Float64Array,
  n: number,
  d: number,
  k: number,
  gram: Float64Array,
): Float64Array {
  const small = Math.min(n, d);
  const across = n > d;
  const { values, vectors } = largestEigenvectors(gram, small, k);
  const out = new Float64Array(n * k);
  const weights = across ? vectors : new Float64Array(k * d);
  if (across) multiply(f, n, d, vectors, k, out);
  else {
    // U Σ; the direction is Fᵀ U but for its length.
    const columns = transposed(vectors, k, n);
    multiplyTransposed(columns, n, k, f, d, weights);
    for (let i = 0, p = 0; i < n; i++)
      for (let t = 0; t < k; t++, p++) out[p] = columns[p]! * Math.sqrt(Math.max(0, values[t]!));
  }
  for (let t = 0; t < k; t++) {
    let largest = 0;
    for (let j = t * d; j < (t + 1) * d; j++)
      if (Math.abs(weights[j]!) > Math.abs(largest)) largest = weights[j]!;
    if (largest < 0) for (let i = 0; i < n; i++) out[i * k + t]! *= -1;
  }
  return out;
}
