import { studentQuantile } from "../../statistics/distributions.js";
import type { FitResult } from "../../train/fit-options.js";

/** How a training chose its epoch. */
export interface BestEpoch {
  /** Number of epochs of which validation chose the best. */
  readonly of: number;
  /** Mean score of the epochs before and after it, which the choice did not favour. */
  readonly beside: number;
  /** Score of the best epoch minus `beside`, at least 0. */
  readonly optimism: number;
}

/**
 * Returns how high the best of several epochs is above the epochs beside it.
 *
 * The best score of several is too high: of 12 equally good epochs on 45 samples by 6 points. The epochs before and after were not
 * chosen, and have learnt about as much. See {@link optimismOf} for a training whose score still rises.
 *
 * @returns undefined if no epoch was chosen: one epoch, the last one was requested, or the weights before training were the best
 */
export function bestEpochOf(
  fitted: Pick<FitResult, "bestEpoch" | "best" | "epochs" | "kept"> | undefined,
): BestEpoch | undefined {
  if (!fitted || fitted.kept === "last") return undefined;
  const { bestEpoch, best, epochs } = fitted;
  const near = epochs.filter(({ epoch }) => Math.abs(epoch - bestEpoch) === 1);
  if (bestEpoch === 0 || near.length === 0) return undefined;
  const beside = near.reduce((sum, { validation }) => sum + validation.score, 0) / near.length;
  return { of: epochs.length, beside, optimism: Math.max(0, best.score - beside) };
}

/**
 * Returns what to take off the score of the best epoch in a comparison: the distance to the epochs beside it, which may also have learnt less.
 * So it is at most what chance alone explains, the expected maximum of E scores that scatter by the standard error:
 *
 *     min(score − score beside, Φ⁻¹((E − 3/8) / (E + 1/4)) · standard error)
 *
 * @param error standard error of the difference. Undefined: there is none, and nothing is taken off
 * @see Blom 1958, Statistical estimates and transformed beta-variables
 */
export function optimismOf(best: BestEpoch | undefined, error: number | undefined): number {
  if (!best || error === undefined) return 0;
  // studentQuantile is two-sided: P(|Z| ≤ z) = 2 Φ(z) − 1.
  const rank = (best.of - 0.375) / (best.of + 0.25);
  return Math.min(best.optimism, studentQuantile(2 * rank - 1, Number.POSITIVE_INFINITY) * error);
}
