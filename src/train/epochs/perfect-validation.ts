import type { Validation } from "../../core/results/metric.js";

/**
 * Fewest validation items: with fewer, a perfect score is mostly luck. At an accuracy of 0.9, all of 10 are right in 35
 * of 100 cases.
 */
export const fewestToStop = 20;

/** Number of perfect epochs in a row, so that one lucky epoch does not end the training. */
export const perfectEpochs = 3;

/**
 * Returns the loss, in nats, that n correct predictions of n support: ln((n + 2) / (n + 1)).
 *
 * By Laplace's rule of succession a model that was right n times of n is right the next time with probability (n + 1) /
 * (n + 2). A mean loss below −ln of that claims more than the validation items can show. It may fall further, but
 * nothing shows whether that is better.
 */
export function supportedLoss(items: number): number {
  return Math.log((items + 2) / (items + 1));
}

/** True if every validation item is right and the loss is as low as so many items support. */
export function isPerfect({ score, loss }: Validation, items: number): boolean {
  return score === 1 && loss <= supportedLoss(items);
}
