import { EngraftError } from "../core/errors.js";
import type { Interval } from "../core/events/events.js";
import { argmax } from "../linalg/softmax.js";
import { betaQuantile } from "../statistics/distributions.js";
import {
  type CalibratedQuantile,
  calibratedQuantile,
  rankOf,
  type ScoreOptimism,
} from "./calibrated-quantile.js";

/** "lac": the smallest sets on average; "aps": sets that grow with how hard an item is. */
export const setMethods = ["lac", "aps"] as const;
export type SetMethod = (typeof setMethods)[number];

/**
 * Nonconformity score of each class for an item; smaller is better.
 *
 * lac: s_k = 1 − p_k
 * aps: s_k = Σ_j p_j over the classes at least as probable as k, including k; ties in class order
 *
 * @param probabilities float64[N, C], each row summing to 1
 * @see Sadinle et al. 2019 (arXiv:1609.00451) for LAC; Romano et al. 2020 (arXiv:2006.02544) for APS, here without its
 * randomisation
 */
export function nonconformity(
  probabilities: ArrayLike<number>,
  row: number,
  classes: number,
  method: SetMethod,
): Float64Array {
  const p = Float64Array.from({ length: classes }, (_, k) => probabilities[row * classes + k]!);
  if (method === "lac") return p.map((own) => 1 - own);
  const order = Array.from(p.keys()).sort((a, b) => p[b]! - p[a]!);
  const scores = new Float64Array(classes);
  let mass = 0;
  for (const k of order) {
    mass += p[k]!;
    scores[k] = mass;
  }
  return scores;
}

/**
 * The score that sets of a stated coverage go up to, by split conformal prediction.
 *
 * q = the ⌈(n + 1) · coverage⌉-th smallest s_y of the n calibration items. A set has all classes with s_k ≤ q. On
 * average over calibration sets, it contains the true class of a new item with probability ≥ coverage. New items must have
 * the same distribution, and the model must not have been trained on either. Without ties the probability is below
 * coverage + 1 / (n + 1).
 *
 * If the items also chose the model, as the best of several epochs, such sets would hold the true class less often. With `choice`, q is that
 * of a raised coverage: {@link calibratedQuantile}.
 *
 * @param how.coverage 0 … 1, such as 0.9
 * @param how.choice how much the score of the model is too high on these items. Default: they did not choose it
 * @returns undefined where n is too small for the coverage (n < coverage / (1 − coverage)): every class is then in the set
 * @throws DataError for no items, OptionError for a coverage that is none
 * @see Angelopoulos & Bates 2021, A gentle introduction to conformal prediction, section 1
 */
export function conformalQuantile(
  probabilities: ArrayLike<number>,
  labels: ArrayLike<number>,
  classes: number,
  how: SetOptions,
): number | undefined {
  return calibratedSets(probabilities, labels, classes, how).quantile;
}

interface SetOptions {
  readonly coverage: number;
  readonly method: SetMethod;
  readonly choice?: ScoreOptimism | undefined;
}

/** Returns the quantile of {@link conformalQuantile}, and the coverage that its rank is for. */
export function calibratedSets(
  probabilities: ArrayLike<number>,
  labels: ArrayLike<number>,
  classes: number,
  { coverage, method, choice }: SetOptions,
): CalibratedQuantile {
  const n = labels.length;
  if (n === 0) throw new EngraftError("DataError", "there are no items to calibrate prediction sets on");
  if (!(coverage > 0 && coverage < 1))
    throw new EngraftError("OptionError", `the coverage is ${coverage}`, {
      help: "give a share above 0 and below 1, such as 0.9",
    });
  const own = Float64Array.from(
    { length: n },
    (_, i) => nonconformity(probabilities, i, classes, method)[labels[i]!]!,
  );
  return calibratedQuantile(own, coverage, choice);
}

/** How much the validation samples say, and for how many choices they were used. */
export interface ValidationUse {
  /** `designEffect` of the samples' groups. Default 1: independent samples. */
  readonly design?: number;
  /** Number of models, such as epochs, of which the same samples chose the best. Default 1. */
  readonly chosenOf?: number;
}

/**
 * Returns between what the true coverage of sets lies in 95 of 100 cases, for n calibration items: it follows
 * Beta(k, n + 1 − k) with k = ⌈(n + 1) · coverage⌉, without ties of the scores.
 *
 * Items of groups count as n / design, with the same k / (n + 1). If the items also chose the best of m models, each end has a
 * probability of 0.025 / m, so that the range holds for all m together (Bonferroni).
 *
 * @returns [1, 1] where n is too small for the coverage: every class is then in the set
 * @see Vovk 2012, Conditional validity of inductive conformal predictors; Angelopoulos & Bates 2021, section 3.2
 * @example coverageRange(45, 0.9) // 0.82 to 0.98
 */
export function coverageRange(
  n: number,
  coverage: number,
  { design = 1, chosenOf = 1 }: ValidationUse = {},
): Interval {
  const rank = rankOf(n, coverage);
  if (rank > n) return [1, 1];
  const all = n / design + 1;
  const k = (rank / (n + 1)) * all;
  const tail = 0.025 / chosenOf;
  return [betaQuantile(tail, k, all - k), betaQuantile(1 - tail, k, all - k)];
}

/**
 * Returns the classes that go together with an item, the most probable first.
 *
 * C = {k : s_k ≤ q} ∪ {argmax_k p_k}. The most probable class is always in the set, so that no set is empty. A larger set
 * holds the true class at least as often, so the coverage stays at or above the stated one; the upper bound of
 * {@link conformalQuantile} no longer holds.
 * @param quantile of {@link conformalQuantile}; undefined or null: every class
 * @see Angelopoulos & Bates 2021 (arXiv:2107.07511), section 2.1, whose sets never have fewer than one class
 */
export function predictionSet(
  probabilities: ArrayLike<number>,
  row: number,
  classes: number,
  { quantile, method }: { readonly quantile: number | undefined | null; readonly method: SetMethod },
): number[] {
  const scores = nonconformity(probabilities, row, classes, method);
  const top = argmax(probabilities, row * classes, classes);
  return Array.from(scores.keys())
    .filter((k) => scores[k]! <= (quantile ?? Number.POSITIVE_INFINITY) || k === top)
    .sort((a, b) => probabilities[row * classes + b]! - probabilities[row * classes + a]!);
}
