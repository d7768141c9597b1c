import { draws } from "../core/random.js";
import { leep } from "./leep.js";
import { checkSample, type LabelledSample } from "./sample.js";
import { workOf } from "./sharing.js";

/** Share of the variance that the components keep, and components for each class, of the paper. */
const energy = 0.8;
const perClass = 5;
const rounds = 30;
const negligible = 1e-12; // of a cluster's weight: a row that takes no part in it
const leastGain = 1e-3; // nats a row, as scikit-learn's tol: further rounds sharpen what is told apart already
const leastVariance = 1e-6; // of the total per component, as scikit-learn's reg_covar

/**
 * N-LEEP: LEEP where the base's classes are replaced by clusters of its features, so that no source head is needed.
 *
 * Principal components with 80 % of the variance (64 at most), a mixture of Gaussians with diagonal covariances, 5 a class (at most one for
 * five examples), EM from k-means++ centres for at most 30 rounds, until one gains less than 1e-3 nats a row; its responsibilities are the θ of LEEP.
 * @returns nats, at most 0; higher is better; other seeds give somewhat other values
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
  const inverse = new Float64Array(k * d);
  const constant = new Float64Array(k);
  let before = Number.NEGATIVE_INFINITY;
  for (let round = 0; round < rounds; round++) {
    let likelihood = 0;
    // What does not depend on the row: ln π_k − ½ Σ ln s_kd.
    for (let c = 0; c < k; c++) {
      constant[c] = Math.log(share[c]!);
      for (let t = 0; t < d; t++) {
        constant[c]! -= 0.5 * Math.log(variance[c * d + t]!);
        inverse[c * d + t] = 0.5 / variance[c * d + t]!;
      }
    }
    for (let i = 0; i < n; i++) {
      let highest = Number.NEGATIVE_INFINITY;
      // Two clusters at once: their sums do not wait for each other.
      for (let c = 0; c < k; c += 2) {
        const other = Math.min(c + 1, k - 1);
        let [log, next] = [constant[c]!, constant[other]!];
        for (let t = 0, p = i * d, q = c * d, o = other * d; t < d; t++, p++, q++, o++) {
          const away = x[p]! - mean[q]!;
          const further = x[p]! - mean[o]!;
          log -= away * away * inverse[q]!;
          next -= further * further * inverse[o]!;
        }
        r[i * k + c] = log;
        r[i * k + other] = next;
        highest = Math.max(highest, log, next);
      }
      let sum = 0;
      for (let c = 0; c < k; c++) {
        r[i * k + c] = Math.exp(r[i * k + c]! - highest);
        sum += r[i * k + c]!;
      }
      for (let c = 0; c < k; c++) r[i * k + c]! /= sum;
      likelihood += (highest + Math.log(sum)) / n;
    }
    if (likelihood - before < leastGain) break;
    before = likelihood;
    for (let c = 0; c < k; c++) {
      let weight = 0;
      for (let i = 0; i < n; i++) weight += r[i * k + c]!;
      share[c] = Math.max(weight / n, 1e-12);
      if (weight < 1e-9) continue;
      const own = mean.subarray(c * d, (c + 1) * d).fill(0);
      const spread = variance.subarray(c * d, (c + 1) * d).fill(0);
      // Row by row, as they lie.
      for (let i = 0; i < n; i++) {
        const part = r[i * k + c]! / weight;
        if (part < negligible) continue;
        for (let t = 0, p = i * d; t < d; t++, p++) own[t]! += part * x[p]!;
      }
      for (let i = 0; i < n; i++) {
        const part = r[i * k + c]! / weight;
        if (part < negligible) continue;
        for (let t = 0, p = i * d; t < d; t++, p++) {
          const away = x[p]! - own[t]!;
          spread[t]! += part * away * away;
        }
      }
      for (let t = 0; t < d; t++) spread[t]! += floor;
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
