import type { EpochEvent } from "../../core/events/events.js";
import { lossOrWorst, scoreOrWorst, type Validation } from "../../core/results/metric.js";

/** Trains at a constant rate until validation stops improving, then lets the rate fall to 0. */
export interface Plateau {
  /** Most steps of the whole training, including the decay. */
  readonly steps: number;
  /** Epochs without improvement after which the rate falls. */
  readonly patience: number;
}

type Epoch = Pick<EpochEvent, "train_loss"> & { readonly validation: Validation };

/** Share of the chance loss that a training loss has to fall below. */
const clearlyBelow = 0.8;

/** Share by which a validation loss has to fall to count as an improvement. */
const worthCounting = 0.01;

/** True if the training loss of an epoch was clearly below the loss of guessing. @param chance loss of guessing, ln C for C classes */
export const hasLearnt = (epochs: readonly Epoch[], chance: number): boolean =>
  epochs.some(({ train_loss }) => train_loss < clearlyBelow * chance);

/**
 * Returns whether validation has stopped improving.
 *
 * A network from random weights can stay at chance for many epochs before it begins to learn. So the patience counts from the
 * epoch in which the training loss first is below 0.8 of the chance loss. An epoch improves with a higher score, or with a
 * loss that is 1 % lower while the score is below 1.
 *
 * @param epochs from the first on @param chance training loss of guessing, ln C for C classes
 */
export function hasPlateaued(epochs: readonly Epoch[], { patience }: Plateau, chance: number): boolean {
  const from = epochs.findIndex(({ train_loss }) => train_loss < clearlyBelow * chance);
  if (from < 0) return false;
  let [score, loss] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  let last = from;
  for (const [i, { validation }] of epochs.entries()) {
    const [own, ownLoss] = [scoreOrWorst(validation.score), lossOrWorst(validation.loss)];
    const better = own > score;
    const lower = score < 1 && ownLoss < (1 - worthCounting) * loss;
    if (better || lower) last = Math.max(from, i);
    score = Math.max(score, own);
    loss = Math.min(loss, ownLoss);
  }
  return epochs.length - 1 - last >= patience;
}
