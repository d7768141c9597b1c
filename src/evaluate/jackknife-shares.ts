import { membersOf } from "../statistics/resample.js";

/** Returns scores of all samples but some. */
type ScoresWithout = (left: readonly number[]) => readonly (number | null | undefined)[];

/**
 * Returns shares of each sample in scores that have no value for a single sample: `shares[score][sample]`. Their mean is the score, and
 * their variance gives that of the score.
 *
 *     pseudoᵢ = N · score − (N − 1) · score without sample i,   shareᵢ = pseudoᵢ + score − mean of the pseudo-values
 *
 * Samples of a group are left out together as well. A shift for each group then makes the shares of a group add up to its effect:
 *
 *     Σ_{i in g} (shareᵢ − score) = (N − n_g) · (score − score without group g)
 *
 * A sample or group without which a score is undefined leaves it as it is.
 *
 * @param n N, the number of samples
 * @param groups group of each sample. Undefined: each is its own
 * @see Efron & Tibshirani, "An Introduction to the Bootstrap", 1993, section 11.5
 */
export function jackknifeShares(
  n: number,
  scoresWithout: ScoresWithout,
  groups?: readonly string[],
): Float64Array[] {
  const scores = scoresWithout([]).map((score) => score ?? 0);
  const pseudo = scores.map(() => new Float64Array(n));
  for (let i = 0; i < n; i++) {
    const without = scoresWithout([i]);
    for (const [s, score] of scores.entries()) pseudo[s]![i] = n * score - (n - 1) * (without[s] ?? score);
  }
  const shares = pseudo.map((own, s) => centred(own, scores[s]!));
  const members = groups ? membersOf(groups) : [];
  if (members.length < 2 || members.length === n) return shares;
  for (const left of members) {
    const without = scoresWithout(left);
    for (const [s, score] of scores.entries()) {
      const effect = (n - left.length) * (score - (without[s] ?? score));
      const sum = left.reduce((all, i) => all + shares[s]![i]! - score, 0);
      for (const i of left) shares[s]![i]! += (effect - sum) / left.length;
    }
  }
  return shares.map((own, s) => centred(own, scores[s]!));
}

/** Returns values that are shifted to have a mean. */
function centred(values: Float64Array, mean: number): Float64Array {
  const shift = mean - values.reduce((sum, v) => sum + v, 0) / values.length;
  return values.map((v) => v + shift);
}
