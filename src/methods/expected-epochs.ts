import type { TrainingPlan } from "./plan.js";

/**
 * Epochs that a training is expected to make: all, or where it stops after `patience` epochs without a better one, the geometric
 * mean of the fewest and all, so that a forecast is wrong by the same factor whichever it is.
 *
 * @example expectedEpochs({ epochs: 12, patience: 5 }); // 8.5: 6 at least
 */
export function expectedEpochs({ epochs, patience }: Pick<TrainingPlan, "epochs" | "patience">): number {
  if (patience === undefined) return epochs;
  return Math.sqrt(Math.min(epochs, patience + 1) * epochs);
}
