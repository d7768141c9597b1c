import { scoreOrWorst, type Validation } from "../../core/results/metric.js";

/** Divisor of the learning rates when a training begins again, and how often it does at most. */
export const lowering = { divisor: 4, mostTimes: 3 } as const;

/**
 * True if the first epoch has undone what the training started from: the score is lower by more than one standard error,
 * √(p (1 − p) / n), and the loss is not lower.
 * @param n number of validation samples
 */
export function undoesStart(start: Validation, first: Validation, n: number): boolean {
  const before = scoreOrWorst(start.score);
  const error = Math.sqrt(Math.max(before * (1 - before), 1 / n) / n);
  return scoreOrWorst(first.score) < before - error && !(first.loss < start.loss);
}
