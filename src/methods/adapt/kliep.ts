import { EngraftError } from "../../core/errors.js";
import { permutation } from "../../core/random.js";
import { rowsAt, rowsOf } from "../../core/results/rows.js";
import { squaredDistances } from "../../linalg/squared-distances.js";
import { medianSquaredDistance } from "./distances.js";

export interface KliepOptions {
  /** Number of target rows that are kernel centres. Default 100. */
  readonly centres?: number;
  /** Kernel widths that are tried, as factors of 1 / (median squared distance). Default 0.1 … 10. */
  readonly factors?: readonly number[];
  /** Folds of the likelihood's cross-validation. Default 5. */
  readonly folds?: number;
  readonly seed?: number;
}

export interface Kliep {
  /** w(x) of each source row: ≥ 0, mean 1. */
  readonly weights: Float64Array;
  /** γ of the kernel e^(-γ‖x - c‖²). */
  readonly gamma: number;
  /** Mean log w over held-out target rows for the chosen γ; higher is better. */
  readonly likelihood: number;
  /** (Σ w)² / Σ w²: effective number of source rows. */
  readonly effective: number;
}

const usualFactors = [0.1, 0.3, 1, 3, 10] as const;
/** Tolerance of the mean log-likelihood and most steps: for choosing γ, and for the final solution. */
const precision = { choice: { gap: 0.01, steps: 200 }, end: { gap: 1e-3, steps: 2000 } } as const;
/** Most rows for choosing γ, which costs rows · centres · folds · widths. */
const mostForChoice = 1000;

/**
 * KLIEP: density ratio of target to source at each source row.
 *
 * w(x) = Σ_l α_l e^(-γ‖x - c_l‖²);   max_α Σ_{x ∈ t} ln w(x)   with mean_{x ∈ s} w(x) = 1, α ≥ 0
 *
 * The centres are target rows; γ has the highest likelihood of held-out target rows.
 * @param source float32[n, D]
 * @param target float32[m, D], m ≥ 2
 * @throws NumericError if every kernel is 0 on the source: the domains do not overlap
 * @see Sugiyama et al., "Direct Importance Estimation with Model Selection and Its Application to Covariate Shift
 * Adaptation", 2008
 */
export function kliep(
  source: Float32Array,
  target: Float32Array,
  width: number,
  { centres = 100, factors = usualFactors, folds = 5, seed = 0 }: KliepOptions = {},
): Kliep {
  const n = source.length / width;
  const m = target.length / width;
  const chosen = permutation(m, seed, "centres").slice(0, Math.min(centres, m));
  const at = rowsAt(rowsOf(target, width), chosen);
  const forChoice = permutation(m, seed, "likelihood").slice(0, mostForChoice);
  const toTarget = squaredDistances(rowsAt(rowsOf(target, width), forChoice), at, width);
  const toSource = squaredDistances(source, at, width);
  const scale = medianSquaredDistance(at, at, width) || 1;
  const k = chosen.length;
  let best = { gamma: Number.NaN, likelihood: Number.NEGATIVE_INFINITY };
  const parts = Math.min(folds, forChoice.length);
  const foldOf = forChoice.map((_, i) => i % parts);
  for (const factor of factors) {
    const gamma = factor / scale;
    const means = columnMeans(kernel(toSource, gamma), n, k);
    if (means.every((b) => b < 1e-12)) continue;
    const rows = kernel(toTarget, gamma);
    let sum = 0;
    for (let fold = 0; fold < parts; fold++) {
      const alpha = solveKliep(
        rowsWhere(rows, k, (i) => foldOf[i] !== fold),
        means,
        precision.choice,
      );
      sum += logLikelihood(
        rowsWhere(rows, k, (i) => foldOf[i] === fold),
        alpha,
      );
    }
    if (sum / parts > best.likelihood) best = { gamma, likelihood: sum / parts };
  }
  if (Number.isNaN(best.gamma))
    throw new EngraftError("NumericError", "no source item lies anywhere near a target item", {
      help: "the domains have nothing in common in these features, so weighting cannot help: use --method dann",
    });
  const onSource = kernel(toSource, best.gamma);
  const alpha = solveKliep(
    kernel(squaredDistances(target, at, width), best.gamma),
    columnMeans(onSource, n, k),
  );
  const weights = new Float64Array(n);
  for (let i = 0; i < n; i++) for (let l = 0; l < k; l++) weights[i]! += alpha[l]! * onSource[i * k + l]!;
  const total = weights.reduce((s, w) => s + w, 0);
  const squares = weights.reduce((s, w) => s + w * w, 0);
  return { weights, ...best, effective: (total * total) / squares };
}

/**
 * max_α mean_j ln Σ_l α_l K_jl with Σ_l b_l α_l = 1, α ≥ 0.
 *
 * With β_l = b_l α_l this is the likelihood of mixture weights, with densities A_jl = K_jl / b_l: β_l ← β_l g_l,   g_l
 * = mean_j A_jl / (A β)_j. Every step increases it, β stays on the simplex, and no step size is needed. The maximum is
 * at most max_l g_l - 1 higher (concavity), which is the stopping rule. The paper's projected gradient reaches the same
 * maximum.
 * @param rows float64[m, k]: kernels of target rows
 * @param means float64[k]: b, means of the kernels over the source
 */
export function solveKliep(
  rows: Float64Array,
  means: Float64Array,
  { gap, steps }: { readonly gap: number; readonly steps: number } = precision.end,
): Float64Array {
  // A centre far from every source row could get any density, so it is left out.
  const live = Array.from(means.keys()).filter((l) => means[l]! >= 1e-12);
  const k = live.length;
  const m = rows.length / means.length;
  const density = new Float64Array(m * k);
  for (let j = 0; j < m; j++)
    live.forEach((l, at) => {
      density[j * k + at] = rows[j * means.length + l]! / means[l]!;
    });
  const beta = new Float64Array(k).fill(1 / k);
  for (let step = 0; step < steps; step++) {
    const gain = new Float64Array(k);
    let used = 0;
    for (let j = 0; j < m; j++) {
      let mixed = 0;
      for (let at = 0; at < k; at++) mixed += beta[at]! * density[j * k + at]!;
      // A row outside all kernels contributes nothing.
      if (mixed < 1e-300) continue;
      used++;
      for (let at = 0; at < k; at++) gain[at]! += density[j * k + at]! / mixed;
    }
    if (used === 0) break;
    let sum = 0;
    for (let at = 0; at < k; at++) sum += beta[at]! *= gain[at]! / used;
    for (let at = 0; at < k; at++) beta[at]! /= sum;
    if (Math.max(...gain) / used - 1 < gap) break;
  }
  const alpha = new Float64Array(means.length);
  live.forEach((l, at) => {
    alpha[l] = beta[at]! / means[l]!;
  });
  return alpha;
}

/** Mean ln w; a row outside all kernels counts as e^-50 instead of 0. */
function logLikelihood(rows: Float64Array, alpha: Float64Array): number {
  const k = alpha.length;
  const m = rows.length / k;
  let sum = 0;
  for (let j = 0; j < m; j++) {
    let w = 0;
    for (let l = 0; l < k; l++) w += alpha[l]! * rows[j * k + l]!;
    sum += Math.log(Math.max(w, Math.exp(-50)));
  }
  return sum / m;
}

function kernel(squares: Float64Array, gamma: number): Float64Array {
  return squares.map((d) => Math.exp(-gamma * d));
}

function columnMeans(rows: Float64Array, n: number, k: number): Float64Array {
  const means = new Float64Array(k);
  for (let i = 0; i < n; i++) for (let l = 0; l < k; l++) means[l]! += rows[i * k + l]! / n;
  return means;
}

function rowsWhere(rows: Float64Array, k: number, keep: (row: number) => boolean): Float64Array {
  const m = rows.length / k;
  const kept = Array.from({ length: m }, (_, i) => i).filter(keep);
  const out = new Float64Array(kept.length * k);
  kept.forEach((i, at) => {
    out.set(rows.subarray(i * k, (i + 1) * k), at * k);
  });
  return out;
}
