import { checkSample, type LabelledSample, membersOf } from "./sample.js";

/** `google-spherical`: the reference's spherical form, whose logarithm lacks the factor D. */
export type GbcVariant = "diagonal" | "spherical" | "google-spherical";

const leastVariance = 1e-4;

/**
 * GBC: minus the overlap of the classes' Gaussians, by Bhattacharyya's coefficient.
 *
 * D_B = ⅛ (μ−μ')ᵀ Σ̄⁻¹ (μ−μ') + ½ ln(|Σ̄| / √(|Σ||Σ'|)), Σ̄ = (Σ+Σ')/2; GBC = −Σ_{c≠c'} e^{−D_B}
 *
 * Population variances, at least 1e-4; spherical: their mean over the features. Ordered pairs: each counts twice.
 * @returns at most 0; higher is better
 * @throws as {@link checkSample}
 * @see Pandy et al. 2022, Transferability estimation using Bhattacharyya class separability
 */
export function gbc(
  sample: LabelledSample,
  { variant = "diagonal" }: { readonly variant?: GbcVariant } = {},
): number {
  checkSample(sample);
  const { features, width: d, labels, classes } = sample;
  const groups = membersOf(labels, classes).map((rows) => {
    const mean = new Float64Array(d);
    const variance = new Float64Array(d);
    for (const i of rows) for (let t = 0; t < d; t++) mean[t]! += features[i * d + t]! / rows.length;
    for (const i of rows)
      for (let t = 0; t < d; t++) variance[t]! += (features[i * d + t]! - mean[t]!) ** 2 / rows.length;
    if (variant !== "diagonal") variance.fill(variance.reduce((s, v) => s + v, 0) / d);
    return { mean, variance: variance.map((v) => Math.max(leastVariance, v)) };
  });
  const logarithms = variant === "google-spherical" ? 1 / d : 1;
  let overlap = 0;
  groups.forEach((a, i) => {
    for (const b of groups.slice(i + 1)) {
      let distance = 0;
      let determinant = 0;
      for (let t = 0; t < d; t++) {
        const between = (a.variance[t]! + b.variance[t]!) / 2;
        distance += (a.mean[t]! - b.mean[t]!) ** 2 / between;
        determinant += Math.log(between) - 0.5 * Math.log(a.variance[t]! * b.variance[t]!);
      }
      overlap += 2 * Math.exp(-distance / 8 - 0.5 * logarithms * determinant);
    }
  });
  return -overlap;
}
