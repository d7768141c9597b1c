import type { Interval } from "../core/events/events.js";
import { type MeanSquares, meanSquares } from "./crossed.js";
import { studentQuantile } from "./distributions.js";
import {
  areBinary,
  byGroup,
  checkScores,
  countGroups,
  fewestGroups,
  mean,
  type SampleOptions,
  type Scores,
  seedMeans,
  type Units,
} from "./samples.js";
import { wilsonScore, z95 } from "./wilson.js";

/** Range of a measure: any, 0 … 1, or above 0. */
export type MeasureRange = "any" | "share" | "positive";

/** Options of {@link estimate}. */
export interface EstimateOptions extends SampleOptions {
  /** Confidence, default 0.95. */
  readonly level?: number;
  /** What the measure can be. Default "share" for scores of 0 and 1, else "any". */
  readonly range?: MeasureRange;
  /** True if few samples may carry much of the measure: t has fewer degrees of freedom then. Default false. */
  readonly heavyTails?: boolean;
  /** Number of folds of a cross-validation whose models gave the scores. Default: one model gave them. */
  readonly folds?: number | undefined;
}

/** A measure of a model or a training method, with its interval. */
export interface Estimate {
  readonly value: number;
  /** null if there is none: see `why`. */
  readonly interval: Interval | null;
  /** "model": other samples of the same kind. "training": other samples and another training. */
  readonly of: "model" | "training";
  readonly seeds: number;
  readonly samples: number;
  readonly groups?: number;
  /** Number of independent samples that the groups are worth. */
  readonly effective?: number;
  /** Why there is no interval. */
  readonly why?: "one sample" | "few samples" | "few groups" | "no variance";
}

/**
 * Estimates the measure of one model (one seed) or of one way of training (several seeds).
 *
 * One seed: Wilson's interval for 0 and 1; for other scores by `range`, with v the variance of the mean over samples (groups):
 * - "any": x̄ ± t √v
 * - "share", a measure within 0 … 1 such as F1: Wilson's with x̄(1 − x̄)/v in place of N, and t in place of z
 * - "positive", a measure above 0 such as a mean error: x̄ exp(± t √v / x̄)
 * Groups: v is the variance over the means without one group, and t has N²/Σn_g² − 1 degrees of freedom ({@link byGroup}), G − 1 for
 * groups of equal size. For 0 and 1 the design effect D = v / (x̄(1 − x̄)/N), at least 1, makes N/D of N samples, with t in the
 * place of z (Korn & Graubard 1998).
 * Folds: v counts {@link sharedByFolds} times.
 * Several seeds: half² = t²(K − 1) MS_seeds/(KN) + t²(N − 1) max(0, MS_samples − MS_both)/(KN), at least the samples' part.
 * Heavy tails: the variance of few samples that carry much is uncertain, so t has at most 2 / (2/(N − 1) + g₂/N) degrees of freedom, with
 * g₂ the excess kurtosis of the samples, or groups ({@link tailFreedom}).
 *
 * @throws ShapeError, DataError as {@link checkScores}
 */
export function estimate(
  scores: Scores,
  {
    groups,
    binary = areBinary(scores),
    level = 0.95,
    range = binary ? "share" : "any",
    heavyTails = false,
    folds,
  }: EstimateOptions = {},
): Estimate {
  const { seeds, samples } = checkScores(scores, { ...(groups && { groups }) });
  const value = mean(seedMeans(scores));
  const number = countGroups(groups);
  const shared = sharedByFolds(folds);
  const facts = {
    value,
    seeds,
    samples,
    of: seeds > 1 ? ("training" as const) : ("model" as const),
    ...(number !== undefined && { groups: number }),
  };
  if (number !== undefined && number < fewestGroups) return { ...facts, interval: null, why: "few groups" };
  if (seeds === 1 && binary && range === "share" && number === undefined)
    return { ...facts, interval: wilsonScore(value, samples / shared, normalQuantile(level)) };
  if (samples === 1) return { ...facts, interval: null, why: "one sample" };
  const unitScores = byGroup(scores, groups);
  const alone = meanSquares(heavyTails ? withTails(unitScores) : unitScores);
  const squares = { ...alone, ofUnits: shared * alone.ofUnits };
  const { units, freedom } = squares;
  const half = halfWidth(squares, level);
  // Rounding leaves a small variance of equal scores.
  const none = half <= 1e-12 * Math.max(1, Math.abs(value));
  if (range === "share" && (seeds === 1 || none)) {
    const share = Math.min(1, Math.max(0, value));
    const most = binary ? samples / shared : Number.POSITIVE_INFINITY;
    const answers = none
      ? (freedom + 1) / shared
      : answersWorth(share, squares.ofUnits / (seeds * units), most);
    const interval = wilsonScore(share, answers, studentQuantile(level, freedom));
    const effective = binary ? answers : effectiveSamples(scores, squares, none);
    return { ...facts, ...(seeds === 1 && number !== undefined && { effective }), interval };
  }
  if (none) return { ...facts, interval: null, why: "no variance" };
  const worth = seeds === 1 && number !== undefined && { effective: effectiveSamples(scores, squares, none) };
  const [low, high] = [value - half, value + half];
  if (range === "share") return { ...facts, interval: [Math.max(0, low), Math.min(1, high)] };
  if (range === "any") return { ...facts, ...worth, interval: [low, high] };
  const factor = Math.exp(half / value);
  return { ...facts, ...worth, interval: [value / factor, value * factor] };
}

/**
 * Returns how many times the variance of a mean over cross-validated samples counts, because the models of the folds share training samples:
 * 1 + K / (K − 1), from (1/K + n₂/n₁) S² in place of S²/K, with n₂/n₁ = 1/(K − 1). 1 without folds.
 * @see Nadeau & Bengio 2003, Inference for the Generalization Error, section 4
 */
export const sharedByFolds = (folds: number | undefined): number =>
  folds === undefined ? 1 : 1 + folds / (folds - 1);

/** Mean of several trainings, with the spread over other seeds and samples. */
export interface SeedsEstimate {
  readonly mean: number;
  /** Between seeds; null for one. */
  readonly sd: number | null;
  /** Half the width of the interval; null without one. */
  readonly plus_minus: number | null;
  /** Interval of the training method: other seeds and other samples. null for one seed, and if `estimate` has none. */
  readonly ci95: Interval | null;
}

/** Estimates a way of training from its scores on the same samples with several seeds: {@link estimate} with the sd over seeds. */
export function estimateOverSeeds(scores: Scores, options: EstimateOptions = {}): SeedsEstimate {
  const means = seedMeans(scores);
  const { interval } = estimate(scores, options);
  return withSpread(means, scores.length > 1 ? interval : null);
}

/** Returns mean and sd of the seeds' scores with an interval of the mean. */
export function withSpread(means: readonly number[], ci95: Interval | null): SeedsEstimate {
  const value = mean(means);
  const sd =
    means.length < 2
      ? null
      : Math.sqrt(means.reduce((sum, v) => sum + (v - value) ** 2, 0) / (means.length - 1));
  // Rounding leaves a small variance of equal scores.
  const kept = sd !== null && sd < 1e-12 ? 0 : sd;
  return { mean: value, sd: kept, plus_minus: ci95 && (ci95[1] - ci95[0]) / 2, ci95 };
}

/** Number of independent right-or-wrong samples whose mean has this variance. */
const answersWorth = (value: number, variance: number, most: number): number =>
  Math.min(most, (value * (1 - value)) / variance);

/** Number of independent samples of the same variance whose mean has the groups' variance. */
function effectiveSamples(scores: Scores, ofGroups: MeanSquares, none: boolean): number {
  const alone = meanSquares(byGroup(scores, undefined));
  if (none) return ofGroups.freedom + 1;
  return alone.units / Math.max(1, ofGroups.ofUnits / ofGroups.units / (alone.ofUnits / alone.units));
}

/** Returns units whose degrees of freedom count the tails of their mean over the seeds. */
function withTails({ values, freedom }: Units): Units {
  const means = Array.from({ length: values[0]!.length }, (_, i) => mean(values.map((row) => row[i]!)));
  return { values, freedom: Math.min(freedom, tailFreedom(means)) };
}

/**
 * Returns the degrees of freedom of a sample variance s² by its own variance: 2 σ⁴ / Var(s²), with
 * Var(s²) = σ⁴ (2 / (n − 1) + γ₂ / n) and the sample's excess kurtosis for γ₂, at least 0.
 *
 *     g₂ = (n − 1) / ((n − 2)(n − 3)) · ((n + 1) (m₄ / m₂² − 3) + 6)
 *
 * @returns n − 1 for fewer than 4 values or equal ones, otherwise 1 … n − 1
 * @see Joanes & Gill 1998, Comparing measures of sample skewness and kurtosis (G₂)
 */
export function tailFreedom(values: readonly number[]): number {
  const n = values.length;
  const centre = mean(values);
  const moment = (power: number): number => mean(values.map((v) => (v - centre) ** power));
  const second = moment(2);
  if (n < 4 || second <= 1e-24) return n - 1;
  const g2 = ((n - 1) / ((n - 2) * (n - 3))) * ((n + 1) * (moment(4) / second ** 2 - 3) + 6);
  return Math.max(1, 2 / (2 / (n - 1) + Math.max(0, g2) / n));
}

const normalQuantile = (level: number): number =>
  level === 0.95 ? z95 : studentQuantile(level, Number.POSITIVE_INFINITY);

/** Half width of the interval of a mean over seeds and units, each part of its variance with a quantile of its own. */
export function halfWidth(
  { seeds, units, freedom, ofSeeds, ofUnits, ofBoth }: MeanSquares,
  level: number,
): number {
  const tUnits = studentQuantile(level, freedom) ** 2 / (seeds * units);
  if (seeds === 1) return Math.sqrt(tUnits * ofUnits);
  const tSeeds = studentQuantile(level, seeds - 1) ** 2 / (seeds * units);
  return Math.sqrt(Math.max(tSeeds * ofSeeds + tUnits * Math.max(0, ofUnits - ofBoth), tUnits * ofUnits));
}
