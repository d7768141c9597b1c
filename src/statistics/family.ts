import { EngraftError } from "../core/errors.js";
import type { Interval } from "../core/events/events.js";
import { meanSquares } from "./crossed.js";
import { around, type Difference, type DifferenceOptions, difference, differences } from "./difference.js";
import { studentQuantile } from "./distributions.js";
import { holm } from "./holm.js";
import { areBinary, byGroup, checkScores, mean, type Scores, seedMeans } from "./samples.js";
import { pOfHalfWidth } from "./solve.js";

/** A comparison of a table: method `a` minus method `b`, by index. */
export type Pair = readonly [a: number, b: number];

/** A comparison with its p value corrected for all comparisons of the table. */
export interface FamilyDifference extends Difference {
  readonly pair: Pair;
  /** Holm's corrected p, over all requested comparisons; null if there is no p. */
  readonly pHolm: number | null;
}

/**
 * Degrees of freedom of the shared variance in that of each comparison (Smyth 2004 estimates it; 4 was measured to
 * hold).
 */
const sharedFreedom = 4;

/**
 * Compares several methods on the same samples with family-wise control. With few seeds the variance of one comparison
 * is uncertain (2 degrees of freedom at 3 seeds). So variance is borrowed from the others in two ways, and the wider
 * counts:
 *
 * pooled: V₁ = 2 MSE/K + I, MSE the residual of the table of methods × seeds, (m − 1)(K − 1) degrees of freedom
 * shared: V₂ = s̃²/K + I, s̃² = ((K − 1) s² + 4 s̄²)/(K + 3), K + 3 degrees of freedom; s² = MS_seeds/N of this
 * comparison, s̄² the mean
 * I = max(0, MS_samples − MS_both)/(KN); both V at least MS_samples/(KN); Satterthwaite with N − 1 for I
 *
 * The interval is gain ± the half width at which the larger p of the two is 1 − level. It is not widened for the number
 * of comparisons; `pHolm` is.
 *
 * @param scores scores[method][seed][sample]; with one seed or two methods each comparison is that of {@link
 * difference}
 * @param pairs the comparisons of the table, each once
 * @throws ShapeError, DataError as {@link difference}
 * @see Smyth 2004, Linear models and empirical Bayes methods; Holm 1979
 */
export function compareFamily(
  scores: readonly Scores[],
  pairs: readonly Pair[],
  options: DifferenceOptions = {},
): readonly FamilyDifference[] {
  const own = pairs.map(([a, b]) => difference(scores[a]!, scores[b]!, options));
  const seeds = scores[0] ? checkScores(scores[0], options).seeds : 0;
  if (seeds === 0) throw new EngraftError("DataError", "there are no methods to compare");
  const found = seeds < 2 || scores.length < 3 ? own : borrowed(scores, pairs, own, options);
  const corrected = holm(found.map(({ p }) => p ?? 1));
  return found.map((one, i) => ({ ...one, pair: pairs[i]!, pHolm: one.p === null ? null : corrected[i]! }));
}

function borrowed(
  scores: readonly Scores[],
  pairs: readonly Pair[],
  own: readonly Difference[],
  { groups, binary = scores.every((one) => areBinary(one)), level = 0.95 }: DifferenceOptions,
): readonly Difference[] {
  const K = scores[0]!.length;
  const residual = residualOf(scores.map(seedMeans));
  const pooledFreedom = (scores.length - 1) * (K - 1);
  const each = pairs.map(([a, b]) => {
    const apart = byGroup(differences(scores[a]!, scores[b]!), groups);
    const units = apart.values[0]!.length;
    return meanSquares(apart, binary ? (units / scores[a]![0]!.length) ** 2 : 0);
  });
  const scatter = mean(each.map(({ ofSeeds, units }) => ofSeeds / units));
  return own.map((one, i) => {
    if (one.interval === null) return one;
    const { ofSeeds, ofUnits, ofBoth, units, freedom } = each[i]!;
    const ofSamples = Math.max(0, ofUnits - ofBoth) / (K * units);
    const floor = ofUnits / (K * units);
    const shared = ((K - 1) * (ofSeeds / units) + sharedFreedom * scatter) / (K - 1 + sharedFreedom);
    const ways = [
      spread((2 * residual) / K, pooledFreedom, ofSamples, freedom, floor),
      spread(shared / K, K - 1 + sharedFreedom, ofSamples, freedom, floor),
    ];
    const half = (confidence: number): number =>
      Math.max(...ways.map(({ variance, df }) => studentQuantile(confidence, df) * Math.sqrt(variance)));
    const at = (confidence: number): Interval =>
      around(one.gain, half(confidence), binary ? 1 : Number.POSITIVE_INFINITY);
    return { ...one, interval: at(level), interval90: at(0.9), p: pOfHalfWidth(one.gain, half) };
  });
}

/** A variance of two parts with Satterthwaite's degrees of freedom. */
function spread(
  ofSeeds: number,
  freedom: number,
  ofSamples: number,
  samplesFreedom: number,
  floor: number,
): { readonly variance: number; readonly df: number } {
  const variance = ofSeeds + ofSamples;
  if (floor >= variance) return { variance: floor, df: samplesFreedom };
  return { variance, df: variance ** 2 / (ofSeeds ** 2 / freedom + ofSamples ** 2 / samplesFreedom) };
}

/** MSE = Σ (a_jk − a_j − a_k + a)² / ((m − 1)(K − 1)) of a table of methods × seeds. */
function residualOf(table: readonly (readonly number[])[]): number {
  const [m, K] = [table.length, table[0]!.length];
  const ofMethod = table.map(mean);
  const ofSeed = Array.from({ length: K }, (_, k) => mean(table.map((row) => row[k]!)));
  const all = mean(ofMethod);
  let sum = 0;
  table.forEach((row, j) => {
    row.forEach((v, k) => {
      sum += (v - ofMethod[j]! - ofSeed[k]! + all) ** 2;
    });
  });
  return sum / ((m - 1) * (K - 1));
}
