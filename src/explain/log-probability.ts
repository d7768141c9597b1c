/** log p_k = z_k - log Σ_j exp z_j, of raw scores z. */
export function logProbability(scores: ArrayLike<number>, k: number): number {
  let max = Number.NEGATIVE_INFINITY;
  for (let j = 0; j < scores.length; j++) max = Math.max(max, scores[j]!);
  let sum = 0;
  for (let j = 0; j < scores.length; j++) sum += Math.exp(scores[j]! - max);
  return scores[k]! - max - Math.log(sum);
}

/** Explained quantity: the log probability of a class, or any number computed from the logits of one sample. */
export type Explained = number | ((scores: Float32Array) => number);

/** Returns the number that is explained. */
export const explainedValue = (scores: Float32Array, explained: Explained): number =>
  typeof explained === "number" ? logProbability(scores, explained) : explained(scores);
