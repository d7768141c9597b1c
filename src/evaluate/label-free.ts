import { logSumExp } from "../linalg/softmax.js";

/**
 * Mutual information of a classifier's predictions and unlabelled items, as a share of its maximum: high if it is sure
 * of each item and predicts the classes evenly.
 *
 * I = (H(mean_i p_i) - mean_i H(p_i)) / ln C,   p = softmax(z),   H(p) = -Σ_c p_c ln p_c
 *
 * 1: certain of every item, and every class equally often; 0: the same prediction for all, or undecided about all.
 * Entropy alone (the second term) is best for a constant prediction; the first term prevents that. Assumes balanced
 * classes.
 * @param logits float32[N, C]
 * @returns 0 … 1, higher is better; 0 for no items
 * @see Shi & Sha, "Information-Theoretical Learning of Discriminative Clusters", 2012; Musgrave et al., "Three New
 * Validators and a Large-Scale Benchmark Ranking for Unsupervised Domain Adaptation", 2022: one of the best label-free
 * scores there
 */
export function mutualInformation(logits: Float32Array, classes: number): number {
  const n = logits.length / classes;
  if (n === 0 || classes < 2) return 0;
  const mean = new Float64Array(classes);
  let entropy = 0;
  for (let i = 0; i < n; i++) {
    const row = logits.subarray(i * classes, (i + 1) * classes);
    const log = logSumExp(row);
    row.forEach((z, c) => {
      const p = Math.exp(z - log);
      mean[c]! += p / n;
      entropy -= (p * (z - log)) / n;
    });
  }
  let diversity = 0;
  for (const p of mean) if (p > 0) diversity -= p * Math.log(p);
  return Math.min(1, Math.max(0, (diversity - entropy) / Math.log(classes)));
}
