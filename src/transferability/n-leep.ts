import { draws } from "../core/random.js";
import { productWith } from "../linalg/product-with.js";
import { transposed } from "../linalg/row-products.js";
import { leep } from "./leep.js";
import { checkSample, type LabelledSample } from "./sample.js";
import { workOf } from "./sharing.js";

/** Share of the variance that the components keep, and components for each class, as in the paper. */
const energy = 0.8;
const perClass = 5;
const rounds = 30;
const leastGain = 1e-3; // nats per row, like scikit-learn's tol: later rounds only sharpen existing clusters
const leastVariance = 1e-6; // of the total per component, as scikit-learn's reg_covar

/**
 * N-LEEP: LEEP with clusters of the features instead of the base's classes, so that no source head is needed.
 *
 * Principal components with 80 % of the variance (64 at most). A mixture of Gaussians with diagonal covariances, 5 per
 * class (at most one per five examples). EM from k-means++ centres for at most 30 rounds, until a round gains less than
 * 1e-3 nats per row; its responsibilities are LEEP's θ.
 * @returns nats, at most 0; higher is better; other seeds give slightly different values
 * @see Li et al. 2021, Ranking neural checkpoints, section 4. @throws as {@link checkSample}
 */
export function nLeep(sample: LabelledSample, { seed = 0 }: { readonly seed?: number } = {}): number {
  checkSample(sample);
  const { width, labels, classes } = sample;
  const n = labels.length;
  const most = Math.min(64, n, width);
  const work = workOf(sample);
  const all = work.components(most);
  const gram = work.gram();
  const small = Math.min(n, width);
  // The variance of all features, the trace.
  let total = 0;
  for (let i = 0; i < small; i++) total += gram[i * small + i]!;
  let d = 0;
  let kept = 0;
  for (; d < most && (d === 0 || kept < energy * total); d++)
    for (let i = 0; i < n; i++) kept += all[i * most + d]! ** 2;
  const x = new Float64Array(n * d);
  for (let i = 0; i < n; i++) x.set(all.subarray(i * most, i * most + d), i * d);
  const k = Math.max(1, Math.min(perClass * classes, Math.floor(n / 5)));
  const probabilities = responsibilities(x, n, d, k, total / n / d, seed);
  return leep({ probabilities, sourceClasses: k, labels, classes });
}

/**
 * r_ik ∝ π_k Π_d N(x_id; μ_kd, s_kd), float64[n, k]. With y_i = (x_i, x_i²), both steps are matrix products:
 *
 * E: ln r_ik = ln π_k − ½ Σ_d (ln s_kd + μ_kd² / s_kd) + y_i · (μ_k / s_k, −½ / s_k) + const_i
 * M: (μ_k, m_k) = Σ_i r_ik y_i / Σ_i r_ik, s_k = m_k − μ_k² + floor, as in scikit-learn's diagonal mixtures
 */
function responsibilities(
  x: Float64Array,
  n: number,
  d: number,
  k: number,
  scale: number,
  seed: number,
): Float64Array {
  const mean = spreadCentres(x, n, d, k, seed);
  const variance = new Float64Array(k * d).fill(Math.max(scale, Number.MIN_VALUE ** 0.25));
  const share = new Float64Array(k).fill(1 / k);
  const floor = leastVariance * Math.max(scale, 1e-12);
  const y = new Float64Array(n * 2 * d);
  for (let i = 0; i < n; i++)
    for (let t = 0; t < d; t++) {
      y[i * 2 * d + t] = x[i * d + t]!;
      y[i * 2 * d + d + t] = x[i * d + t]! ** 2;
    }
  // One row per component: r is float64[k, n].
  const expect = productWith(y, n, 2 * d, k);
  const maximise = productWith(transposed(y, n, 2 * d), 2 * d, n, k);
  const r = new Float64Array(k * n);
  const slope = new Float64Array(k * 2 * d);
  const constant = new Float64Array(k);
  const sums = new Float64Array(k * 2 * d);
  let before = Number.NEGATIVE_INFINITY;
  for (let round = 0; round < rounds; round++) {
    for (let c = 0; c < k; c++) {
      constant[c] = Math.log(share[c]!);
      for (let t = 0; t < d; t++) {
        const [m, s] = [mean[c * d + t]!, variance[c * d + t]!];
        constant[c]! -= 0.5 * (Math.log(s) + (m * m) / s);
        slope[c * 2 * d + t] = m / s;
        slope[c * 2 * d + d + t] = -0.5 / s;
      }
    }
    expect(slope, r);
    const likelihood = normalised(r, n, k, constant);
    if (likelihood - before < leastGain) break;
    before = likelihood;
    maximise(r, sums);
    for (let c = 0; c < k; c++) {
      let weight = 0;
      for (let i = c * n; i < (c + 1) * n; i++) weight += r[i]!;
      share[c] = Math.max(weight / n, 1e-12);
      if (weight < 1e-9) continue;
      for (let t = 0; t < d; t++) {
        const m = sums[c * 2 * d + t]! / weight;
        mean[c * d + t] = m;
        variance[c * d + t] = Math.max(0, sums[c * 2 * d + d + t]! / weight - m * m) + floor;
      }
    }
  }
  return transposed(r, k, n);
}

/**
 * Normalises the columns of r to e^(r + constant) with sum 1. @returns the mean of ln Σ e^(r + constant), up to a
 * common constant
 */
function normalised(r: Float64Array, n: number, k: number, constant: Float64Array): number {
  const highest = new Float64Array(n).fill(Number.NEGATIVE_INFINITY);
  for (let c = 0, p = 0; c < k; c++)
    for (let i = 0; i < n; i++, p++) {
      const value = r[p]! + constant[c]!;
      r[p] = value;
      if (value > highest[i]!) highest[i] = value;
    }
  const sum = new Float64Array(n);
  for (let c = 0, p = 0; c < k; c++)
    for (let i = 0; i < n; i++, p++) {
      // Below e^-40 it is negligible relative to the highest: most components are that far from an item.
      const below = r[p]! - highest[i]!;
      const value = below < -40 ? 0 : Math.exp(below);
      r[p] = value;
      sum[i]! += value;
    }
  for (let c = 0, p = 0; c < k; c++) for (let i = 0; i < n; i++, p++) r[p]! /= sum[i]!;
  let likelihood = 0;
  for (let i = 0; i < n; i++) likelihood += (highest[i]! + Math.log(sum[i]!)) / n;
  return likelihood;
}

/** k-means++: each next centre is a row, drawn by its squared distance from the nearest centre. */
function spreadCentres(x: Float64Array, n: number, d: number, k: number, seed: number): Float64Array {
  const draw = draws(seed, "n-leep");
  const centres = new Float64Array(k * d);
  const nearest = new Float64Array(n).fill(Number.POSITIVE_INFINITY);
  let row = draw.integer(n);
  for (let c = 0; c < k; c++) {
    centres.set(x.subarray(row * d, (row + 1) * d), c * d);
    let total = 0;
    for (let i = 0; i < n; i++) {
      let s = 0;
      for (let t = 0; t < d; t++) s += (x[i * d + t]! - centres[c * d + t]!) ** 2;
      nearest[i] = Math.min(nearest[i]!, s);
      total += nearest[i]!;
    }
    let left = draw.uniform() * total;
    row = 0;
    for (; row < n - 1; row++) {
      left -= nearest[row]!;
      if (left <= 0) break;
    }
  }
  return centres;
}
