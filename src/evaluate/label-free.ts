import { logSumExp } from "../linalg/softmax.js";

/** Least expected share: an estimate of 0 would rule a class out. */
const leastShare = 0.01;

/**
 * Mutual information of a classifier's predictions and unlabelled items, as a share of its maximum: high if it is sure
 * of each item and predicts the classes as often as expected.
 *
 * I = 1 - (KL(mean_i p_i ‖ π) + mean_i H(p_i)) / ln C,   p = softmax(z),   H(p) = -Σ_c p_c ln p_c
 *
 * With equal shares π_c = 1 / C it is (H(mean_i p_i) - mean_i H(p_i)) / ln C.
 *
 * 1: certain of every item, and every class equally often; 0: the same prediction for all, or undecided about all.
 * Entropy alone is best for a constant prediction; the other term prevents that.
 * @param logits float32[N, C]
 * @param shares expected shares π of the classes; default equal
 * @returns 0 … 1, higher is better; below 0 for predictions far from other expected shares; 0 for no items
 * @see Shi & Sha, "Information-Theoretical Learning of Discriminative Clusters", 2012; Musgrave et al., "Three New
 * Validators and a Large-Scale Benchmark Ranking for Unsupervised Domain Adaptation", 2022: one of the best label-free
 * scores there
 */
export function mutualInformation(logits: Float32Array, classes: number, shares?: ArrayLike<number>): number {
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
  // ln C − KL(mean p ‖ π); with equal shares H(mean p)
  let diversity = 0;
  mean.forEach((p, c) => {
    if (p > 0) diversity -= p * Math.log(p);
    if (shares) diversity += p * Math.log(classes * Math.max(shares[c]!, leastShare));
  });
  const information = Math.min(1, (diversity - entropy) / Math.log(classes));
  // With equal shares only rounding is below 0.
  return shares ? information : Math.max(0, information);
}
