import { EngraftError } from "../core/errors.js";
import type { Interval } from "../core/events/events.js";
import { type MeanSquares, meanSquares } from "./crossed.js";
import { studentQuantile } from "./distributions.js";
import { halfWidth, sharedByFolds } from "./estimate.js";
import {
  areBinary,
  byGroup,
  checkScores,
  countGroups,
  fewestGroups,
  type SampleOptions,
  type Scores,
} from "./samples.js";
import { pOfHalfWidth } from "./solve.js";
import { disagreement, scoreTest, tangoInterval } from "./tango.js";

/** Difference of method a and method b on the same samples. */
export interface Difference {
  /** Mean score of a minus that of b. */
  readonly gain: number;
  /** Confidence interval; null if there is none: see `why`. */
  readonly interval: Interval | null;
  /** Confidence level of the interval: 0.95, or more at a later look. */
  readonly level: number;
  /** 90 % interval: inside ± margin it excludes a larger difference (two one-sided tests). */
  readonly interval90: Interval | null;
  /** p value of "no difference"; null if there is no interval. */
  readonly p: number | null;
  /**
   * What the interval covers. "models": these two trained models on other samples of the same kind; another training
   * may differ. "trainings": the two training methods, on other samples and with other seeds.
   */
  readonly of: "models" | "trainings";
  readonly seeds: number;
  readonly samples: number;
  readonly groups?: number;
  readonly why?: "one sample" | "few groups" | "identical" | "no variance";
  /** Mean squares of the differences, for {@link planSeeds}. */
  readonly squares?: MeanSquares;
}

export interface DifferenceOptions extends SampleOptions {
  /** Confidence level, default 0.95; see {@link levelOfRepeatedTest}. */
  readonly level?: number;
  /** Number of folds of a cross-validation whose models gave the scores, the same folds for both. Default: one model gave them. */
  readonly folds?: number | undefined;
}

/**
 * Compares two methods on the same samples.
 *
 * d[k][i] = a[k][i] − b[k][i], of groups as {@link byGroup} does. Several seeds:
 * half² = max( t²(K − 1) MS_seeds/(KN) + t²(N − 1) max(0, MS_samples − MS_both)/(KN),  t²(N − 1) MS_samples/(KN) )
 * Each part of the variance keeps its own quantile, and the half widths add as squares (Graybill & Wang 1980; MOVER, Zou &
 * Donner 2008). One seed: Tango's interval for 0 and 1, Student's t over the samples or groups otherwise. Folds: MS_samples counts
 * {@link sharedByFolds} times.
 *
 * p is the level at which the interval begins to leave out 0.
 *
 * @throws ShapeError when a and b do not fit, DataError for no samples
 * @example difference([transferRight], [scratchRight]).of // "models": one training each says nothing of trainings
 */
export function difference(a: Scores, b: Scores, options: DifferenceOptions = {}): Difference {
  const { groups, binary = areBinary(a, b), level = 0.95, folds } = options;
  const shared = sharedByFolds(folds);
  const { seeds, samples } = checkScores(a, options);
  const other = checkScores(b, options);
  if (seeds !== other.seeds || samples !== other.samples)
    throw new EngraftError(
      "ShapeError",
      `both need the same seeds and samples, got ${seeds} × ${samples} and ${other.seeds} × ${other.samples}`,
    );
  const number = countGroups(groups);
  const of = seeds > 1 ? ("trainings" as const) : ("models" as const);
  const facts = { of, seeds, samples, level, ...(number !== undefined && { groups: number }) };
  const apart = byGroup(differences(a, b), groups);
  const { values } = apart;
  const units = values[0]!.length;
  const least = binary ? 1 : Number.POSITIVE_INFINITY;
  const none = (gain: number, why: NonNullable<Difference["why"]>): Difference => ({
    gain,
    ...facts,
    interval: null,
    interval90: null,
    why,
    p: why === "identical" ? 1 : null,
  });
  // One pseudo-disagreement each way, half a sample each; a group's values are scaled.
  const pseudo = binary ? (units / samples) ** 2 : 0;
  const alone = meanSquares(apart, pseudo);
  const squares = { ...alone, ofUnits: shared * alone.ofUnits };
  const { mean: gain } = squares;
  if (values.every((row) => Array.prototype.every.call(row, (v) => v === 0))) return none(0, "identical");
  if (number !== undefined && number < fewestGroups) return none(gain, "few groups");
  if (seeds === 1 && binary && number === undefined) {
    const { n, onlyA, onlyB } = disagreement(a[0]!, b[0]!);
    const table = { n: n / shared, onlyA: onlyA / shared, onlyB: onlyB / shared };
    const at = (confidence: number): Interval =>
      tangoInterval(table, studentQuantile(confidence, Number.POSITIVE_INFINITY));
    return { gain, ...facts, interval: at(level), interval90: at(0.9), p: scoreTest(table), squares };
  }
  if (units < 2) return none(gain, "one sample");
  const half = (confidence: number): number => halfWidth(squares, confidence);
  // Rounding leaves a small variance of equal differences.
  if (half(level) <= 1e-12 * Math.abs(gain)) return none(gain, "no variance");
  const at = (confidence: number): Interval => around(gain, half(confidence), least);
  return { gain, ...facts, interval: at(level), interval90: at(0.9), p: pOfHalfWidth(gain, half), squares };
}

/** gain ± half, inside what a difference can be. */
export const around = (gain: number, half: number, least: number): Interval => [
  Math.max(-least, gain - half),
  Math.min(least, gain + half),
];

/** Returns a − b, seed by seed and sample by sample. */
export function differences(a: Scores, b: Scores): Float64Array[] {
  return a.map((row, k) => Float64Array.from({ length: row.length }, (_, i) => row[i]! - b[k]![i]!));
}

/**
 * Compares two methods that were trained and tested on several random divisions of one pool of samples. The parts of two
 * divisions overlap, so the gains are not independent:
 *
 * half = t(K − 1) √((1/K + n_test/n_train) s²),  s² the variance of the K gains
 *
 * @param gains mean score of a less that of b, one for each division
 * @throws DataError for fewer than two divisions
 * @see Nadeau & Bengio 2003, Inference for the generalization error
 */
export function splitDifference(
  gains: readonly number[],
  { test, train, level = 0.95 }: { readonly test: number; readonly train: number; readonly level?: number },
): Pick<Difference, "gain" | "interval" | "interval90" | "level" | "p" | "why"> {
  const K = gains.length;
  if (K < 2) throw new EngraftError("DataError", `divisions of a pool are compared from two on, got ${K}`);
  const gain = gains.reduce((sum, g) => sum + g, 0) / K;
  const variance = gains.reduce((sum, g) => sum + (g - gain) ** 2, 0) / (K - 1);
  if (variance === 0)
    return { gain, level, interval: null, interval90: null, p: gain === 0 ? 1 : null, why: "identical" };
  const half = (confidence: number): number =>
    studentQuantile(confidence, K - 1) * Math.sqrt((1 / K + test / train) * variance);
  const at = (confidence: number): Interval => [gain - half(confidence), gain + half(confidence)];
  return { gain, level, interval: at(level), interval90: at(0.9), p: pOfHalfWidth(gain, half) };
}
