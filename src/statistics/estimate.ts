import type { Interval } from "../core/events.js";
import { meanSquares } from "./crossed.js";
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
import { wilsonScore } from "./wilson.js";

/** The measure of one model, or of one way of training, with its interval. */
export interface Estimate {
  readonly value: number;
  /** null where there is none: see `why`. */
  readonly interval: Interval | null;
  /** "model": other samples of the same kind. "training": other samples and another training. */
  readonly of: "model" | "training";
  readonly seeds: number;
  readonly samples: number;
  readonly groups?: number;
  /** How many independent samples the groups are worth. */
  readonly effective?: number;
  /** Why there is no interval. */
  readonly why?: "one sample" | "few groups" | "no variance";
}

/**
 * Estimates the measure of one model (one seed) or of one way of training (several seeds).
 *
 * One seed: Wilson's interval for 0 and 1, Student's t over the samples for numbers.
 * Groups: the variance between groups, v = Σ_g (s_g − x̄ n_g)² / N² · G / (G − 1). For 0 and 1 the design effect
 * D = v / (x̄(1 − x̄)/N), at least 1, makes N/D of N samples, with t(G − 1) in the place of z (Korn & Graubard 1998).
 * Several seeds: half² = t²(K − 1) MS_seeds/(KN) + t²(N − 1) max(0, MS_samples − MS_both)/(KN), at least the samples' part.
 *
 * @param options.level confidence, default 0.95
 * @throws ShapeError, DataError as {@link checkScores}
 */
export function estimate(
  scores: Scores,
  { groups, binary = areBinary(scores), level = 0.95 }: SampleOptions & { readonly level?: number } = {},
): Estimate {
  const { seeds, samples } = checkScores(scores, { ...(groups && { groups }) });
  const value = mean(seedMeans(scores));
  const number = countGroups(groups);
  const told = {
    ...{ value, seeds, samples },
    of: seeds > 1 ? ("training" as const) : ("model" as const),
    ...(number !== undefined && { groups: number }),
  };
  if (number !== undefined && number < fewestGroups) return { ...told, interval: null, why: "few groups" };
  if (seeds === 1 && binary && number === undefined)
    return { ...told, interval: wilsonScore(value, samples, normalQuantile(level)) };
  if (samples === 1) return { ...told, interval: null, why: "one sample" };
  const squares = meanSquares(byGroup(scores, groups));
  const { units } = squares;
  if (seeds === 1 && binary) {
    const effective = effectiveSamples(value, squares.ofUnits / units, samples, units);
    return { ...told, effective, interval: wilsonScore(value, effective, studentQuantile(level, units - 1)) };
  }
  const half = halfWidth(squares, level);
  // Rounding leaves a trace of scores that are all the same.
  if (half <= 1e-12 * Math.abs(value)) return { ...told, interval: null, why: "no variance" };
  const [low, high] = [value - half, value + half];
  return { ...told, interval: binary ? [Math.max(0, low), Math.min(1, high)] : [low, high] };
}

/** Samples that are independent and vary as much as the groups do; where all scores are the same, one a group. */
function effectiveSamples(value: number, variance: number, samples: number, groups: number): number {
  const independent = (value * (1 - value)) / samples;
  if (independent === 0) return groups;
  return samples / Math.max(1, variance / independent);
}

const normalQuantile = (level: number): number => studentQuantile(level, Number.POSITIVE_INFINITY);

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
