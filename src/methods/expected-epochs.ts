import type { TrainingPlan } from "./plan.js";

/**
 * Expected epochs of a training: all, or with early stopping the geometric mean of the fewest and all, so that a
 * forecast is off by the same factor either way.
 *
 * @example expectedEpochs({ epochs: 12, patience: 5 }); // 8.5: 6 at least
 */
export function expectedEpochs({ epochs, patience }: Pick<TrainingPlan, "epochs" | "patience">): number {
  if (patience === undefined) return epochs;
  return Math.sqrt(Math.min(epochs, patience + 1) * epochs);
}
