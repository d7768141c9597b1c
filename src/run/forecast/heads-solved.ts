import type { TrainingPlan } from "../../methods/plan.js";

// Work of a training by pairs besides its steps: heads are solved on its features to score it.

/** Number of heads that a training solves: for the initial weights, after each epoch, and for the best. */
export const headsSolved = ({ epochs, pairs }: Pick<TrainingPlan, "epochs" | "pairs">): number =>
  pairs ? epochs + 2 : 0;

/**
 * Items that a training scores before the test split: the validation split at the start, after each epoch, and for
 * calibration; with pairs also the samples that a head is solved on, and both again for the best.
 */
export function scoredUntilTest(
  { epochs, pairs }: Pick<TrainingPlan, "epochs" | "pairs">,
  { train, validation }: { readonly train: number; readonly validation: number },
): number {
  return (epochs + 2) * (validation + (pairs ? train : 0)) + (pairs ? validation : 0);
}
