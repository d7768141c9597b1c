import type { Validation } from "../../core/results/metric.js";

/** Below so many validation items a perfect score is mostly luck: at an accuracy of 0.9 all of 10 are right in 35 of 100 cases. */
export const fewestToStop = 20;

/** Epochs in a row that must be perfect, so that one lucky epoch in the middle of the schedule ends nothing. */
export const perfectEpochs = 3;

/**
 * Returns the loss, in nats, that n right answers of n support: ln((n + 2) / (n + 1)).
 *
 * By Laplace's rule of succession a model that was right n times of n is right the next time with probability
 * (n + 1) / (n + 2). A mean loss below −ln of that claims more than the validation items can show: it may fall further, but
 * nothing tells whether that is better.
 */
export function supportedLoss(items: number): number {
  return Math.log((items + 2) / (items + 1));
}

/** Whether every validation item is right and the loss is as low as so many items support. */
export function isPerfect({ score, loss }: Validation, items: number): boolean {
  return score === 1 && loss <= supportedLoss(items);
}
