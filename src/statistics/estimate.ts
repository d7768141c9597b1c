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
} from "./samples.js";
import { wilsonScore, z95 } from "./wilson.js";

/** Range of a measure: any, 0 … 1, or above 0. */
export type MeasureRange = "any" | "share" | "positive";

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
  readonly why?: "one sample" | "few groups" | "no variance";
}

/**
 * Estimates the measure of one model (one seed) or of one way of training (several seeds).
 *
 * One seed: Wilson's interval for 0 and 1; for other scores by `range`, with v the variance of the mean over samples (groups):
 * - "any": x̄ ± t √v
 * - "share", a measure within 0 … 1 such as F1: Wilson's with x̄(1 − x̄)/v in place of N, and t in place of z
 * - "positive", a measure above 0 such as a mean error: x̄ exp(± t √v / x̄)
 * Groups: the variance between groups, v = Σ_g (s_g − x̄ n_g)² / N² · G / (G − 1). For 0 and 1 the design effect
 * D = v / (x̄(1 − x̄)/N), at least 1, makes N/D of N samples, with t(G − 1) in the place of z (Korn & Graubard 1998).
 * Several seeds: half² = t²(K − 1) MS_seeds/(KN) + t²(N − 1) max(0, MS_samples − MS_both)/(KN), at least the samples' part.
 *
 * @param options.level confidence, default 0.95
 * @param options.range what the measure can be; default "share" for scores of 0 and 1, else "any"
 * @throws ShapeError, DataError as {@link checkScores}
 */
export function estimate(
  scores: Scores,
  {
    groups,
    binary = areBinary(scores),
    level = 0.95,
    range = binary ? "share" : "any",
  }: SampleOptions & { readonly level?: number; readonly range?: MeasureRange } = {},
): Estimate {
  const { seeds, samples } = checkScores(scores, { ...(groups && { groups }) });
  const value = mean(seedMeans(scores));
  const number = countGroups(groups);
  const facts = {
    ...{ value, seeds, samples },
    of: seeds > 1 ? ("training" as const) : ("model" as const),
    ...(number !== undefined && { groups: number }),
  };
  if (number !== undefined && number < fewestGroups) return { ...facts, interval: null, why: "few groups" };
  if (seeds === 1 && binary && range === "share" && number === undefined)
    return { ...facts, interval: wilsonScore(value, samples, normalQuantile(level)) };
  if (samples === 1) return { ...facts, interval: null, why: "one sample" };
  const squares = meanSquares(byGroup(scores, groups));
  const { units } = squares;
  const half = halfWidth(squares, level);
  // Rounding leaves a small variance of equal scores.
  const none = half <= 1e-12 * Math.max(1, Math.abs(value));
  if (range === "share" && (seeds === 1 || none)) {
    const share = Math.min(1, Math.max(0, value));
    const most = binary ? samples : Number.POSITIVE_INFINITY;
    const answers = none ? units : answersWorth(share, squares.ofUnits / (seeds * units), most);
    const interval = wilsonScore(share, answers, studentQuantile(level, units - 1));
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
export function estimateOverSeeds(
  scores: Scores,
  options: Parameters<typeof estimate>[1] = {},
): SeedsEstimate {
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
  const alone = meanSquares(scores);
  if (none) return ofGroups.units;
  return alone.units / Math.max(1, ofGroups.ofUnits / ofGroups.units / (alone.ofUnits / alone.units));
}

const normalQuantile = (level: number): number =>
  level === 0.95 ? z95 : studentQuantile(level, Number.POSITIVE_INFINITY);

/** Half width of the interval of a mean over seeds and units, each part of its variance with a quantile of its own. */
export function halfWidth(
  { seeds, units, ofSeeds, ofUnits, ofBoth }: ReturnType<typeof meanSquares>,
  level: number,
): number {
  const tUnits = studentQuantile(level, units - 1) ** 2 / (seeds * units);
  if (seeds === 1) return Math.sqrt(tUnits * ofUnits);
  const tSeeds = studentQuantile(level, seeds - 1) ** 2 / (seeds * units);
  return Math.sqrt(Math.max(tSeeds * ofSeeds + tUnits * Math.max(0, ofUnits - ofBoth), tUnits * ofUnits));
}
