import { draws } from "../core/random.js";
import { leep } from "./leep.js";
import { principalComponents } from "./parc.js";
import { centred, checkSample, type LabelledSample } from "./sample.js";

/** Share of the variance that the components keep, and components for each class, of the paper. */
const energy = 0.8;
const perClass = 5;
const rounds = 30;
const leastVariance = 1e-6; // of the total per component, as scikit-learn's reg_covar

/**
 * N-LEEP: LEEP where the base's classes are replaced by clusters of its features, so that no source head is needed.
 *
 * Principal components with 80 % of the variance (64 at most), a mixture of Gaussians with diagonal covariances, 5 a class (at most one for
 * five examples), 30 rounds of EM from k-means++ centres; its responsibilities are the θ of LEEP.
 * @returns nats, at most 0; higher is better; other seeds give somewhat other values
 * @see Li et al. 2021, Ranking neural checkpoints, section 4. @throws as {@link checkSample}
 */
export function nLeep(sample: LabelledSample, { seed = 0 }: { readonly seed?: number } = {}): number {
  checkSample(sample);
  const { features, width, labels, classes } = sample;
  const n = labels.length;
  const most = Math.min(64, n, width);
  const f = centred(features, n, width);
  const all = principalComponents(f, n, width, most);
  const total = f.reduce((s, v) => s + v * v, 0);
  let d = 0;
  let kept = 0;
  for (; d < most && (d === 0 || kept < energy * total); d++)
    for (let i = 0; i < n; i++) kept += all[i * most + d]! ** 2;
  const x = Float64Array.from({ length: n * d }, (_, at) => all[Math.floor(at / d) * most + (at % d)]!);
  const k = Math.max(1, Math.min(perClass * classes, Math.floor(n / 5)));
  const probabilities = responsibilities(x, n, d, k, total / n / d, seed);
  return leep({ probabilities, sourceClasses: k, labels, classes });
}

/** r_ik ∝ π_k Π_d N(x_id; μ_kd, s_kd), float64[n, k] */
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
  const r = new Float64Array(n * k);
  const floor = leastVariance * Math.max(scale, 1e-12);
  for (let round = 0; round < rounds; round++) {
    for (let i = 0; i < n; i++) {
      let highest = Number.NEGATIVE_INFINITY;
      for (let c = 0; c < k; c++) {
        let log = Math.log(share[c]!);
        for (let t = 0; t < d; t++) {
          const v = variance[c * d + t]!;
          log -= 0.5 * (Math.log(v) + (x[i * d + t]! - mean[c * d + t]!) ** 2 / v);
        }
        r[i * k + c] = log;
        if (log > highest) highest = log;
      }
      let sum = 0;
      for (let c = 0; c < k; c++) {
        r[i * k + c] = Math.exp(r[i * k + c]! - highest);
        sum += r[i * k + c]!;
      }
      for (let c = 0; c < k; c++) r[i * k + c]! /= sum;
    }
    for (let c = 0; c < k; c++) {
      let weight = 0;
      for (let i = 0; i < n; i++) weight += r[i * k + c]!;
      share[c] = Math.max(weight / n, 1e-12);
      if (weight < 1e-9) continue;
      for (let t = 0; t < d; t++) {
        let m = 0;
        for (let i = 0; i < n; i++) m += (r[i * k + c]! * x[i * d + t]!) / weight;
        let v = 0;
        for (let i = 0; i < n; i++) v += (r[i * k + c]! * (x[i * d + t]! - m) ** 2) / weight;
        mean[c * d + t] = m;
        variance[c * d + t] = v + floor;
      }
    }
  }
  return r;
}

/** k-means++: each further centre is a row, drawn by its squared distance from the nearest centre. */
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
