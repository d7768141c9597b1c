import { largestEigenvectors } from "./eigenvectors.js";

/**
 * The k components with the largest variance, float64[n, k]. PARC changes with their signs: each has, as in scikit-learn from 1.5 on, the one
 * that makes the largest weight of a feature positive.
 * @param f float64[n, d], centred. @param gram the smaller of f fᵀ and fᵀ f, spoiled
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
  for (let t = 0; t < k; t++) {
    const vector = vectors.subarray(t * small, (t + 1) * small);
    const length = Math.sqrt(Math.max(0, values[t]!));
    // F V, or U Σ; the direction V is Fᵀ U but for its length.
    for (let i = 0; i < n; i++) {
      let s = 0;
      if (across) for (let j = 0, p = i * d; j < d; j++, p++) s += f[p]! * vector[j]!;
      else s = vector[i]! * length;
      out[i * k + t] = s;
    }
    const weights = across ? vector : alongRows(f, n, d, vector);
    const largest = weights.reduce((m, weight) => (Math.abs(weight) > Math.abs(m) ? weight : m), 0);
    if (largest < 0) for (let i = 0; i < n; i++) out[i * k + t]! *= -1;
  }
  return out;
}

/** Fᵀ u, row by row as they lie. */
function alongRows(f: Float64Array, n: number, d: number, u: Float64Array): Float64Array {
  const out = new Float64Array(d);
  for (let i = 0; i < n; i++) {
    const ui = u[i]!;
    for (let j = 0, p = i * d; j < d; j++, p++) out[j]! += f[p]! * ui;
  }
  return out;
}
