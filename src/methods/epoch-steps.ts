import type { TrainingPlan } from "./plan.js";
import { stepsOfPairs } from "./setfit/pair-plan.js";

/**
 * Steps of an epoch: batches of the items (only whole ones if BatchNormalization uses batch statistics), or pairs of
 * them.
 */
export function stepsOfEpoch(
  { batch, batchNorm, pairs }: Pick<TrainingPlan, "batch" | "batchNorm" | "pairs">,
  examples: number,
): number {
  if (pairs) return stepsOfPairs(examples, pairs);
  return Math.max(1, batchNorm === "train" ? Math.floor(examples / batch) : Math.ceil(examples / batch));
}

/** Steps of a whole training: all epochs, or the most that it may take. */
export function stepsOfPlan(
  plan: Pick<TrainingPlan, "batch" | "batchNorm" | "pairs" | "epochs" | "plateau">,
  examples: number,
): number {
  return plan.plateau?.steps ?? plan.epochs * stepsOfEpoch(plan, examples);
}
