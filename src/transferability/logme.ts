import { oneHot, spectrumOf } from "../linalg/spectrum.js";
import { checkSample, type LabelledSample } from "./sample.js";
import { workOf } from "./sharing.js";

/** The paper's evidence, or the values of thuml/LogME's default. */
export type LogmeVariant = "evidence" | "thuml-fixed-point";

const mostRounds = 11;
const guard = 1e-5; // of thuml/LogME

/**
 * LogME: log evidence of Bayesian linear regression on each class against the rest, averaged per row.
 *
 * t = α/β, γ = Σ σ/(σ+t), m2 = Σ σx²/(t+σ)², r2 = Σ x²/(1+σ/t)² + r0, α = γ/(m2+1e-5), β = (N−γ)/(r2+1e-5)
 *
 * L = D/2 ln α + N/2 ln β − ½ Σ ln(α+βσ_k) − ½ (D−K) ln α − β/2 r2 − α/2 m2 − N/2 ln 2π
 *
 * thuml/LogME's default omits ½ (D−K) ln α if N < D, so with few examples it ranks by the number of features. `variant:
 * "thuml-fixed-point"` gives its values, for comparison only.
 * @returns nats per row; higher is better, unbounded
 * @see You et al. 2021, LogME, algorithm 1; You et al. 2022, Ranking and tuning pre-trained models (the fixed point)
 * @throws as {@link checkSample}
 */
export function logme(
  sample: LabelledSample,
  { variant = "evidence" }: { readonly variant?: LogmeVariant } = {},
): number {
  checkSample(sample);
  const { features, width: d, labels, classes } = sample;
  const n = labels.length;
  const y = oneHot(labels, classes);
  const { values, projected } = spectrumOf(
    features,
    n,
    d,
    y,
    classes,
    n <= d ? workOf(sample).products() : workOf(sample).across(),
  );
  // Values dropped by rounding have σ = 0: they belong to r0, and to D − K below.
  const missing = d - values.length;
  const counted = variant === "evidence" ? missing : Math.max(0, missing - Math.max(0, d - n));
  let total = 0;
  for (let c = 0; c < classes; c++) {
    let r0 = labels.reduce((s, label) => s + (label === c ? 1 : 0), 0);
    const squares = new Float64Array(values.length);
    for (let k = 0; k < values.length; k++) {
      squares[k] = projected[k * classes + c]! ** 2;
      r0 -= squares[k]!;
    }
    r0 = Math.max(0, r0);
    let alpha = 1;
    let beta = 1;
    let t = 1;
    let m2 = 0;
    let r2 = 0;
    for (let round = 0; round < mostRounds; round++) {
      t = alpha / beta;
      let gamma = 0;
      m2 = 0;
      r2 = r0;
      for (let k = 0; k < values.length; k++) {
        const s = values[k]!;
        const x = squares[k]!;
        gamma += s / (s + t);
        m2 += (s * x) / (t + s) ** 2;
        r2 += x / (1 + s / t) ** 2;
      }
      alpha = gamma / (m2 + guard);
      beta = (n - gamma) / (r2 + guard);
      if (Math.abs(alpha / beta - t) / t <= 1e-3) break;
    }
    let evidence = (d / 2) * Math.log(alpha) + (n / 2) * Math.log(beta) - (counted / 2) * Math.log(alpha);
    for (const s of values) evidence -= 0.5 * Math.log(alpha + beta * s);
    evidence -= (beta / 2) * r2 + (alpha / 2) * m2 + (n / 2) * Math.log(2 * Math.PI);
    total += evidence / n;
  }
  return total / classes;
}
