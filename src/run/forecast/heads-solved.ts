import type { TrainingPlan } from "../../methods/plan.js";

// What a training by pairs does beside its steps: it is judged by a head that is solved on its features.

/** Heads that a training solves: of the weights it starts from, after each epoch, and of the best. */
export const headsSolved = ({ epochs, pairs }: Pick<TrainingPlan, "epochs" | "pairs">): number =>
  pairs ? epochs + 2 : 0;

/**
 * Items that a training scores until its test part: the validation part at its start, after each epoch, and for what its
 * answers are worth; by pairs what a head is solved on as well, and both once more for the best.
 */
export function scoredUntilTest(
  { epochs, pairs }: Pick<TrainingPlan, "epochs" | "pairs">,
  { train, validation }: { readonly train: number; readonly validation: number },
): number {
  return (epochs + 2) * (validation + (pairs ? train : 0)) + (pairs ? validation : 0);
}
