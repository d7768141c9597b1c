import { EngraftError } from "../core/errors.js";

/**
 * Scores of the samples of a test set, one row for each training (seed): `scores[seed][sample]`. The mean over the samples
 * is the measure: accuracy (1 right, 0 wrong), R² and F1 by shares, log loss.
 */
export type Scores = readonly ArrayLike<number>[];

/** Facts about the samples, in addition to their scores. */
export interface SampleOptions {
  /**
   * Group of each sample (patient, document, film). Samples of a group are similar, so another test set would draw
   * other groups. Default: each sample is its own group.
   */
  readonly groups?: readonly (string | number)[];
  /** True if every score is 0 or 1. Default: checked. */
  readonly binary?: boolean;
}

/** Fewest groups for an interval. */
export const fewestGroups = 10;

/** @throws ShapeError for seeds of different lengths or groups that do not fit, DataError for no seeds or samples */
export function checkScores(
  scores: Scores,
  { groups }: SampleOptions = {},
): { seeds: number; samples: number } {
  const samples = scores[0]?.length ?? 0;
  if (samples === 0) throw new EngraftError("DataError", "there are no samples to compare on");
  for (const row of scores)
    if (row.length !== samples)
      throw new EngraftError(
        "ShapeError",
        `every seed needs the same samples, got ${samples} and ${row.length}`,
        {
          details: { samples, other: row.length },
        },
      );
  if (groups && groups.length !== samples)
    throw new EngraftError("ShapeError", `${samples} samples need as many groups, got ${groups.length}`, {
      details: { samples, groups: groups.length },
    });
  return { seeds: scores.length, samples };
}

/** True if every score is 0 or 1: then an interval lies within [0, 1], and that of a difference within [−1, 1]. */
export function areBinary(...all: readonly Scores[]): boolean {
  return all.every((scores) =>
    scores.every((row) => {
      for (let i = 0; i < row.length; i++) if (row[i] !== 0 && row[i] !== 1) return false;
      return true;
    }),
  );
}

/** Returns the mean score of each seed. */
export function seedMeans(scores: Scores): number[] {
  return scores.map((row) => {
    let sum = 0;
    for (let i = 0; i < row.length; i++) sum += row[i]!;
    return sum / row.length;
  });
}

export const mean = (values: readonly number[]): number =>
  values.reduce((sum, v) => sum + v, 0) / values.length;

/** Scores of units that are drawn independently of each other: samples, or groups of samples. */
export interface Units {
  /** values[seed][unit] */
  readonly values: Scores;
  /** Degrees of freedom of the scatter between units. */
  readonly freedom: number;
}

/**
 * Returns a score of each group. The mean over the groups is the mean over the samples, and the scatter is that of the means without one
 * group (jackknife):
 *
 *     pseudo[k][g] = m[k] + (G − 1) (m[k] − m[k] without group g),   s[k][g] = pseudo[k][g] + m[k] − mean of pseudo[k]
 *     degrees of freedom = N² / Σ n_g² − 1
 *
 * For groups of equal size, s[k][g] is the mean of the group, and G − 1 degrees of freedom remain. A group that holds much of the samples
 * moves the mean more, and leaves fewer. Without groups, returns the scores as they are.
 *
 * @see Efron & Tibshirani, "An Introduction to the Bootstrap", 1993, section 11.5; Kish, "Survey Sampling", 1965, section 11.7 (N² / Σ n²)
 */
export function byGroup(scores: Scores, groups: SampleOptions["groups"]): Units {
  const samples = scores[0]!.length;
  if (!groups) return { values: scores, freedom: samples - 1 };
  const at = new Map<string | number, number>();
  for (const group of groups) if (!at.has(group)) at.set(group, at.size);
  const sizes = new Float64Array(at.size);
  for (const group of groups) sizes[at.get(group)!]!++;
  const freedom = samples ** 2 / sizes.reduce((sum, n) => sum + n * n, 0) - 1;
  const means = seedMeans(scores);
  const values = scores.map((row, k) => {
    const centre = means[k]!;
    const sums = new Float64Array(at.size);
    groups.forEach((group, i) => {
      sums[at.get(group)!]! += row[i]! - centre;
    });
    // m − m without g = Σ_{i in g} (score[i] − m) / (N − n_g); one group alone leaves no sample.
    const pseudo = sums.map((sum, g) => ((at.size - 1) * sum) / Math.max(1, samples - sizes[g]!));
    const shift = centre - mean(Array.from(pseudo));
    return pseudo.map((v) => v + shift);
  });
  return { values, freedom };
}

/** Returns the number of groups, or undefined if the samples have none. */
export const countGroups = (groups: SampleOptions["groups"]): number | undefined =>
  groups && new Set(groups).size;
