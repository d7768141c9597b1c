import type { ScoreOptimism } from "../../evaluate/calibrated-quantile.js";
import { meanSquares } from "../../statistics/crossed.js";
import { studentQuantile } from "../../statistics/distributions.js";
import { byGroup } from "../../statistics/samples.js";
import type { FitResult } from "../../train/fit-options.js";

/** How validation chose an epoch, or a model. */
export interface BestEpoch {
  /** Score of the best epoch. */
  readonly score: number;
  /** Scores of the epochs, learning rates and strategies that it was chosen from, without its own. */
  readonly others: readonly number[];
}

/**
 * Returns the scores that the best epoch was chosen from.
 * @returns undefined if no epoch was chosen: one epoch, the last one was requested, or the weights before training were the best
 */
export function bestEpochOf(
  fitted: Pick<FitResult, "bestEpoch" | "best" | "epochs" | "kept"> | undefined,
): BestEpoch | undefined {
  if (!fitted || fitted.kept === "last") return undefined;
  const { bestEpoch, best, epochs } = fitted;
  const others = epochs.filter(({ epoch }) => epoch !== bestEpoch).map(({ validation }) => validation.score);
  return bestEpoch === 0 || others.length === 0 ? undefined : { score: best.score, others };
}

/** Epochs whose score is less than this many standard errors below the best are about as good as it. */
const aboutAsGood = 2;

/**
 * Returns the mean score of the epochs that are about as good as the best one: less than two standard errors below it.
 *
 * The best score of several is too high: of 12 equally good epochs on 45 samples by 6 points. Neighbours of the best epoch resemble it and share its luck, so all
 * epochs count; those that are clearly worse had learnt less.
 *
 * @param error standard error of the difference that is judged
 * @returns undefined if the best epoch is alone
 */
export function typicalScore({ score, others }: BestEpoch, error: number): number | undefined {
  const near = others.filter((other) => other > score - aboutAsGood * error);
  return near.length === 0 ? undefined : near.reduce((sum, other) => sum + other, 0) / near.length;
}

/**
 * Returns what to take off the score of the best epoch in a comparison: the distance to the epochs about as good, which may also have learnt less.
 * So it is at most what chance alone explains, the expected maximum of E scores that scatter by the standard error:
 *
 *     min(score − typical score, Φ⁻¹((E − 3/8) / (E + 1/4)) · standard error)
 *
 * If the best epoch is alone, the second term is taken off.
 *
 * @param error standard error of the difference. Undefined: there is none, and nothing is taken off
 * @see Blom 1958, Statistical estimates and transformed beta-variables
 */
export function optimismOf(best: BestEpoch | undefined, error: number | undefined): number {
  if (!best || error === undefined) return 0;
  // studentQuantile is two-sided: P(|Z| ≤ z) = 2 Φ(z) − 1.
  const epochs = 1 + best.others.length;
  const rank = (epochs - 0.375) / (epochs + 0.25);
  const most = studentQuantile(2 * rank - 1, Number.POSITIVE_INFINITY) * error;
  const beside = typicalScore(best, error);
  return beside === undefined ? most : Math.min(Math.max(0, best.score - beside), most);
}

/** Returns the standard error of a score. @param shares score of each sample @param groups group of each sample */
export function scoreError(
  shares: ArrayLike<number>,
  groups: readonly string[] | undefined,
): number | undefined {
  if (shares.length < 2) return undefined;
  const { ofUnits, units } = meanSquares(byGroup([shares], groups));
  return Math.sqrt(ofUnits / units);
}

/** Returns by how much the score of a chosen model is too high on the validation samples that its sets or intervals are calibrated on. */
export const scoreOptimism = (
  choice: BestEpoch | undefined,
  shares: ArrayLike<number>,
  groups: readonly string[] | undefined,
): ScoreOptimism => ({ shares, optimism: optimismOf(choice, scoreError(shares, groups)) });
