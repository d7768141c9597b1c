import type { TrainingPlan } from "./plan.js";

/**
 * Epochs that a training is expected to make: all, or where it stops after `patience` epochs without a better one, the middle
 * between the fewest and all. What it makes then differs from that by less than half.
 *
 * @example expectedEpochs({ epochs: 12, patience: 6 }); // 9.5: 7 at least
 */
export function expectedEpochs({ epochs, patience }: Pick<TrainingPlan, "epochs" | "patience">): number {
  return patience === undefined ? epochs : (Math.min(epochs, patience + 1) + epochs) / 2;
}
