import { EngraftError } from "../core/errors.js";
import { cholesky, choleskySolve } from "../linalg/cholesky.js";
import { logSumExp } from "../linalg/softmax.js";

/** Share of usual items that are flagged as unusual. */
export const unusualLevel = 0.05;

/**
 * Energy of each row of scores: E = −log Σ_k exp(z_k). Known items have a low one.
 * @param logits float32[N, C], raw
 * @see Liu et al. 2020, Energy-based out-of-distribution detection
 */
export function energies(logits: ArrayLike<number>, classes: number): Float64Array {
  return Float64Array.from(
    { length: logits.length / classes },
    (_, i) => -logSumExp(logits, i * classes, classes),
  );
}

/**
 * Share of known items that are at least as strange, a conformal p-value: p = (1 + #{s_i ≥ s}) / (n + 1). For items
 * from the same distribution, at most a share α has p ≤ α.
 * @param known scores of items that the model was not trained on, ascending
 */
export function strangeness(known: ArrayLike<number>, score: number): number {
  let [low, high] = [0, known.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (known[middle]! < score) low = middle + 1;
    else high = middle;
  }
  return (1 + known.length - low) / (known.length + 1);
}

/** Gaussian classes with a shared covariance, for {@link mahalanobis}. */
export interface ClassClouds {
  readonly dims: number;
  /** float64[C, D], classes that occur */
  readonly means: Float64Array;
  /** float64[D, D], inverse of the shrunk covariance within classes */
  readonly precision: Float64Array;
  readonly shrinkage: number;
}

/**
 * Returns the mean of each class and the shared covariance, with the shrinkage of Ledoit and Wolf. So the covariance has an
 * inverse even with fewer items than features.
 *
 * Σ = (1 − δ) S + δ μ I, S = Σ (x − m_y)(x − m_y)ᵀ / n, μ = tr S / D, δ from the spread of the products
 *
 * @param features float32[N, D]. @param labels class of each
 * @throws DataError for no items
 * @see Ledoit & Wolf 2004; Lee et al. 2018, A simple unified framework for detecting out-of-distribution samples
 */
export function fitClouds(features: ArrayLike<number>, labels: ArrayLike<number>, dims: number): ClassClouds {
  const n = labels.length;
  if (n === 0) throw new EngraftError("DataError", "there are no features to measure distances from");
  const rows = new Map<number, number[]>();
  for (let i = 0; i < n; i++) rows.set(labels[i]!, [...(rows.get(labels[i]!) ?? []), i]);
  const x = Float64Array.from(features as ArrayLike<number>);
  const means = new Float64Array(rows.size * dims);
  [...rows.keys()].forEach((label, c) => {
    const own = rows.get(label)!;
    for (const i of own) for (let d = 0; d < dims; d++) means[c * dims + d]! += x[i * dims + d]! / own.length;
    for (const i of own) for (let d = 0; d < dims; d++) x[i * dims + d]! -= means[c * dims + d]!;
  });
  const s = new Float64Array(dims * dims);
  let fourth = 0;
  for (let i = 0; i < n; i++) {
    let square = 0;
    for (let a = 0; a < dims; a++) {
      const v = x[i * dims + a]!;
      square += v * v;
      for (let b = 0; b <= a; b++) s[a * dims + b]! += (v * x[i * dims + b]!) / n;
    }
    fourth += (square * square) / n;
  }
  let [trace, norm] = [0, 0];
  for (let a = 0; a < dims; a++) {
    trace += s[a * dims + a]!;
    for (let b = 0; b <= a; b++) {
      s[b * dims + a] = s[a * dims + b]!;
      norm += (a === b ? 1 : 2) * s[a * dims + b]! ** 2;
    }
  }
  // β = Σ_i ‖x_i x_iᵀ − S‖² / n² = (mean ‖x‖⁴ − ‖S‖²) / n, δ = min(β, d²) / d², d² = ‖S − μ I‖²
  const distance = norm - (trace * trace) / dims;
  const shrinkage = distance <= 0 ? 1 : Math.min(1, Math.max(0, (fourth - norm) / n / distance));
  for (let i = 0; i < s.length; i++) s[i]! *= 1 - shrinkage;
  // The added minimum is above the rounding errors of a singular covariance.
  const identity = new Float64Array(dims * dims);
  for (let a = 0; a < dims; a++) {
    s[a * dims + a]! += (Math.max(shrinkage, 1e-9) * trace) / dims || 1e-12;
    identity[a * dims + a] = 1;
  }
  const factor = cholesky(s, dims);
  if (factor === undefined)
    throw new EngraftError("NumericError", `the covariance of ${dims} features has no inverse`, {
      help: "look for infinite or extremely large values in the features",
    });
  return { dims, means, precision: choleskySolve(factor, dims, identity, dims), shrinkage };
}

/** Squared Mahalanobis distance of each row to the nearest class: min_c (x − m_c)ᵀ Σ⁻¹ (x − m_c). */
export function mahalanobis(
  { dims, means, precision }: ClassClouds,
  features: ArrayLike<number>,
): Float64Array {
  const away = new Float64Array(dims);
  return Float64Array.from({ length: features.length / dims }, (_, i) => {
    let least = Number.POSITIVE_INFINITY;
    for (let c = 0; c < means.length; c += dims) {
      for (let d = 0; d < dims; d++) away[d] = features[i * dims + d]! - means[c + d]!;
      let square = 0;
      for (let a = 0; a < dims; a++) {
        let sum = 0;
        for (let b = 0; b < dims; b++) sum += precision[a * dims + b]! * away[b]!;
        square += away[a]! * sum;
      }
      least = Math.min(least, square);
    }
    return least;
  });
}
