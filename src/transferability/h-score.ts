import { cholesky, inverseNorm } from "../linalg/cholesky.js";
import { oneHot, spectrumOf } from "../linalg/spectrum.js";
import { checkSample, type LabelledSample, membersOf } from "./sample.js";
import { workOf } from "./sharing.js";

/**
 * H-score: share of the features' variance between the classes, tr(cov(f)⁻¹ cov(E[f|y])).
 *
 * With centred f = UΣVᵀ it is Σ_c ‖Uᵀ 1_c‖² / n_c: 0 … min(C − 1, D). With as many features as examples it is C − 1
 * whatever the labels; then use {@link regularisedHScore}.
 * @see Bao et al. 2019, An information-theoretic approach to transferability. @throws as {@link checkSample}
 */
export function hScore(sample: LabelledSample): number {
  checkSample(sample);
  const { width: d, labels, classes } = sample;
  const n = labels.length;
  const work = workOf(sample);
  const gram = n <= d ? work.gram() : undefined;
  if (gram && spansAll(gram, n)) return membersOf(labels, classes).length - 1;
  const solved = gram ? undefined : bySolving(work.centred(), work.gram(), sample);
  if (solved !== undefined) return solved;
  const { values, projected } = spectrumOf(
    work.centred(),
    n,
    d,
    oneHot(labels, classes),
    classes,
    work.gram(),
  );
  const counts = new Float64Array(classes);
  for (const label of labels) counts[label]!++;
  let score = 0;
  for (let k = 0; k < values.length; k++)
    for (let c = 0; c < classes; c++)
      if (counts[c]! > 0) score += projected[k * classes + c]! ** 2 / counts[c]!;
  return score;
}

/**
 * Σ_c n_c μ_cᵀ (fᵀf)⁻¹ μ_c n_c without eigenvalues, if fᵀf is invertible; constant features are left out.
 * @returns undefined if it is not invertible
 */
function bySolving(
  f: Float64Array,
  gram: Float64Array,
  { width: d, labels, classes }: LabelledSample,
): number | undefined {
  const most = gram.reduce((m, v, at) => (at % (d + 1) === 0 ? Math.max(m, v) : m), 0);
  const live = Array.from({ length: d }, (_, t) => t).filter((t) => gram[t * (d + 1)]! > 1e-14 * most);
  const k = live.length;
  if (k === 0) return undefined;
  const l = cholesky(
    Float64Array.from({ length: k * k }, (_, at) => gram[live[Math.floor(at / k)]! * d + live[at % k]!]!),
    k,
  );
  if (l === undefined) return undefined;
  const pivots = Array.from({ length: k }, (_, i) => l[i * (k + 1)]!);
  if (Math.min(...pivots) ** 2 <= negligible * Math.max(...pivots) ** 2) return undefined;
  let score = 0;
  for (const rows of membersOf(labels, classes)) {
    const sum = new Float64Array(k);
    for (const i of rows) for (let t = 0; t < k; t++) sum[t]! += f[i * d + live[t]!]!;
    score += inverseNorm(l, k, sum) / rows.length;
  }
  return score;
}

/** Residues below this share of the largest are rounding errors. */
const negligible = 1e-9;

/**
 * True if the centred rows span everything but 1. Then U Uᵀ = I − 11ᵀ/n, and the score is C − 1. f fᵀ + m 11ᵀ/n, m the
 * mean of the diagonal, then has no zero pivot.
 */
function spansAll(gram: Float64Array, n: number): boolean {
  let trace = 0;
  for (let i = 0; i < n; i++) trace += gram[i * n + i]!;
  const l = cholesky(
    gram.map((v) => v + trace / n / n),
    n,
  );
  if (l === undefined) return false;
  let least = Number.POSITIVE_INFINITY;
  let most = 0;
  for (let i = 0; i < n; i++) {
    least = Math.min(least, l[i * n + i]!);
    most = Math.max(most, l[i * n + i]!);
  }
  return least ** 2 > negligible * most ** 2;
}

/**
 * H-score with Ledoit and Wolf's shrunk covariance: tr(((1−a) S + a μ I)⁻¹ (1−a) cov(E[f|y])).
 *
 * S = fᵀf/N, μ = tr S / D, a = min(β, δ)/δ, δ = (‖S‖² − Dμ²)/D, β = (Σ_i ‖f_i‖⁴/N − ‖S‖²)/(DN)
 *
 * Computed in the space of the examples if they are fewer than the features.
 * @returns 0 or more, higher is better; 0 for constant features
 * @see Ibrahim et al. 2022, Newer is not always better. @throws as {@link checkSample}
 */
export function regularisedHScore(sample: LabelledSample): number {
  checkSample(sample);
  const { width: d, labels, classes } = sample;
  const n = labels.length;
  const work = workOf(sample);
  const f = work.centred();
  const small = Math.min(n, d);
  const gram = work.gram();
  let trace = 0;
  for (let i = 0; i < small; i++) trace += gram[i * small + i]! / n;
  if (!(trace > 0)) return 0;
  const squared = gram.reduce((s, v) => s + v * v, 0) / n ** 2;
  let fourth = 0;
  for (let i = 0; i < n; i++) {
    let norm = 0;
    for (let t = 0; t < d; t++) norm += f[i * d + t]! ** 2;
    fourth += norm ** 2;
  }
  const mu = trace / d;
  const delta = (squared - d * mu ** 2) / d;
  const beta = Math.min(delta, (fourth / n - squared) / (d * n));
  // The covariance is already a multiple of the identity: nothing to shrink.
  const a = delta > 0 ? Math.max(0, beta / delta) : 0;
  const ridge = a * mu;
  const members = membersOf(labels, classes);
  const means = members.map((rows) => {
    const mean = new Float64Array(d);
    for (const i of rows) for (let t = 0; t < d; t++) mean[t]! += f[i * d + t]! / rows.length;
    return mean;
  });
  if (a >= 1) return 0;
  // A = (1−a) S + ridge I, or in the space of the examples (1−a)/N f fᵀ + ridge I. A zero ridge gets a minimum to be
  // invertible.
  const least = Math.max(ridge, 1e-12 * mu);
  const shrunk = gram.map((v, at) => ((1 - a) * v) / n + (at % (small + 1) === 0 ? least : 0));
  const l = cholesky(shrunk, small);
  if (l === undefined) return 0;
  let score = 0;
  means.forEach((mean, c) => {
    const share = members[c]!.length / n;
    if (n > d) score += share * inverseNorm(l, d, mean);
    else {
      // Woodbury: A⁻¹ = (I − (1−a)/N fᵀ (ridge I + (1−a)/N f fᵀ)⁻¹ f) / ridge
      const along = new Float64Array(n);
      for (const j of members[c]!)
        for (let i = 0; i < n; i++) along[i]! += gram[j * n + i]! / members[c]!.length;
      const norm = mean.reduce((s, v) => s + v * v, 0);
      score += (share * (norm - ((1 - a) / n) * inverseNorm(l, n, along))) / least;
    }
  });
  return (1 - a) * score;
}
