import type { TrainingPlan } from "./plan.js";

/** Where between the fewest epochs and all of them runs from scratch beside the README's commands ended, about. */
const usualShare = 2 / 3;

/**
 * Epochs that a training is expected to make: all, or where it stops after `patience` epochs without a better one, two thirds of
 * the way from the fewest to all.
 *
 * @example expectedEpochs({ epochs: 12, patience: 5 }); // 10: 6 at least
 */
export function expectedEpochs({ epochs, patience }: Pick<TrainingPlan, "epochs" | "patience">): number {
  if (patience === undefined) return epochs;
  const fewest = Math.min(epochs, patience + 1);
  return fewest + usualShare * (epochs - fewest);
}
