import { decompose } from "./symmetric.js";

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
  const identity = new Float64Array(small * small);
  for (let i = 0; i < small; i++) identity[i * small + i] = 1;
  const across = n > d;
  const { values, rotated } = decompose(gram, small, identity, small);
  const order = [...values.keys()].sort((a, b) => values[b]! - values[a]!).slice(0, k);
  const out = new Float64Array(n * k);
  order.forEach((which, t) => {
    const vector = rotated.subarray(which * small, (which + 1) * small);
    const length = Math.sqrt(Math.max(0, values[which]!));
    // F V, or U Σ; the direction V is Fᵀ U but for its length.
    for (let i = 0; i < n; i++) {
      let s = 0;
      if (across) for (let j = 0; j < d; j++) s += f[i * d + j]! * vector[j]!;
      else s = vector[i]! * length;
      out[i * k + t] = s;
    }
    let largest = 0;
    for (let j = 0; j < d; j++) {
      let weight = across ? vector[j]! : 0;
      if (!across) for (let i = 0; i < n; i++) weight += f[i * d + j]! * vector[i]!;
      if (Math.abs(weight) > Math.abs(largest)) largest = weight;
    }
    if (largest < 0) for (let i = 0; i < n; i++) out[i * k + t]! *= -1;
  });
  return out;
}
