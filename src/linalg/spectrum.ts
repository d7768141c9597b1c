import { decompose } from "./eigenvalues.js";
import type { Matrix } from "./products.js";
import { columnProducts, rowProducts } from "./row-products.js";

/** Parts of the singular value decomposition F = U Σ Vᵀ that need neither U nor V. */
export interface Spectrum {
  /** Squared singular values, those above rounding. */
  readonly values: Float64Array;
  /** Uᵀ Y, float64[K, C], a row a singular value. */
  readonly projected: Float64Array;
}

/** A squared singular value below this share of the largest is a rounding error. */
const negligible = 1e-12;

/**
 * Returns squared singular values of F and Uᵀ Y, from the smaller of F Fᵀ and Fᵀ F.
 * @param f float64[N, D]
 * @param y float64[N, C]
 * @param products the smaller of F Fᵀ and Fᵀ F, if known
 */
export function spectrumOf(
  f: Matrix,
  n: number,
  d: number,
  y: Float64Array,
  c: number,
  products?: Float64Array,
): Spectrum {
  if (n <= d) {
    const gram = products ?? rowProducts(f, n, d);
    const { values, rotated } = decompose(gram, n, Float64Array.from(y), c);
    return kept(values, rotated, c, () => 1);
  }
  // Fᵀ F = V Σ² Vᵀ,   Uᵀ Y = Σ⁻¹ Vᵀ (Fᵀ Y)
  const b = new Float64Array(d * c);
  for (let i = 0; i < n; i++)
    for (let k = 0; k < c; k++) {
      const share = y[i * c + k]!;
      if (share !== 0) for (let t = 0, p = i * d; t < d; t++, p++) b[t * c + k]! += f[p]! * share;
    }
  const gram = products ?? columnProducts(f, n, d);
  const { values, rotated } = decompose(gram, d, b, c);
  return kept(values, rotated, c, (value) => 1 / Math.sqrt(value));
}

function kept(
  values: Float64Array,
  rotated: Float64Array,
  c: number,
  scale: (v: number) => number,
): Spectrum {
  const largest = values.reduce((m, v) => Math.max(m, v), 0);
  const chosen = [...values.keys()].filter((k) => values[k]! > negligible * largest);
  return {
    values: Float64Array.from(chosen, (k) => values[k]!),
    projected: Float64Array.from(
      { length: chosen.length * c },
      (_, at) =>
        rotated[chosen[Math.floor(at / c)]! * c + (at % c)]! * scale(values[chosen[Math.floor(at / c)]!]!),
    ),
  };
}

/** One-hot labels, float64[N, C]. */
export function oneHot(labels: Int32Array, classes: number): Float64Array {
  const y = new Float64Array(labels.length * classes);
  labels.forEach((label, i) => {
    y[i * classes + label] = 1;
  });
  return y;
}
