import type { Interval } from "../core/events.js";
import { type ItemAnswers, seededDifference, studentQuantile, studentTwoSided } from "../evaluate/index.js";

/**
 * How many degrees of freedom the scatter of all comparisons has in that of each. The two own ones of three seeds are next to
 * nothing: where the seeds agree by luck, no scatter is left (docs/diagnose.md: false alarms with and without).
 */
const sharedFreedom = 4;

/** A difference with its interval and p. */
export interface SharedDifference {
  readonly gain: number;
  readonly ci95: Interval;
  readonly p: number;
}

/**
 * Differences of pairs of the same few trainings, where what the seeds change is known better from all pairs than from one.
 *
 * s²ₖ = variance of seeds of pair k, of K − 1 degrees of freedom ({@link seededDifference}); s̄² their mean
 * s̃²ₖ = ((K − 1) s²ₖ + d s̄²) / (K − 1 + d), d = 4
 * Var(gainₖ) = s̃²ₖ / K + what the items add; degrees of freedom by Satterthwaite from K − 1 + d and N − 1. p is the larger of the t
 * test's and of the permutation of the items.
 *
 * @param pairs seed × item each, of the same K ≥ 2 seeds and N items
 * @see Smyth 2004, Linear models and empirical Bayes methods for assessing differential expression, section 3 (with d estimated)
 */
export function sharedScatter(
  pairs: readonly (readonly [ItemAnswers, ItemAnswers])[],
): readonly SharedDifference[] {
  const own = pairs.map(([a, b]) => seededDifference(a, b));
  const mean = own.reduce((sum, { variances }) => sum + variances.seeds, 0) / own.length;
  return own.map(({ gain, standardError, variances, pOfItems }, i) => {
    const [seeds, n] = [pairs[i]![0].length, pairs[i]![0][0]!.length];
    const freedom = seeds - 1 + sharedFreedom;
    const ofItems = Math.max(0, standardError ** 2 - variances.seeds / seeds);
    const ofSeeds = ((seeds - 1) * variances.seeds + sharedFreedom * mean) / freedom / seeds;
    const error = Math.sqrt(ofSeeds + ofItems);
    const df = error ** 4 / (ofSeeds ** 2 / freedom + ofItems ** 2 / Math.max(1, n - 1));
    const half = studentQuantile(0.95, df) * error;
    return {
      gain,
      ci95: [Math.max(-1, gain - half), Math.min(1, gain + half)],
      p: Math.max(studentTwoSided(Math.abs(gain) / error, df), pOfItems),
    };
  });
}
