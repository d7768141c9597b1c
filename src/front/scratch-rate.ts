import type { ScratchTried } from "../core/beside-events.js";
import type { TrainingPlan } from "../methods/plan.js";
import { stepsOf } from "./feeds.js";
import type { TrainOptions } from "./options.js";

/** Lengths of the runs from scratch, in those of the run that they stand beside. */
export const scratchLengths = [1, 3] as const;

/** From so many steps of both runs on, the finder's hundred are at most a quarter of them. */
const worthFinding = 400;

/**
 * Where the rate of the runs from scratch is from. What suits pretrained weights does not suit fresh ones, so it is found for
 * them where that is asked for, and where it costs little: not in a run of a few steps, nor in one with a budget.
 * @param plan of the shorter run
 */
export function scratchRateFrom(
  { lr, budget }: Pick<TrainOptions, "lr" | "budget">,
  plan: TrainingPlan,
  examples: number,
): ScratchTried["rate_from"] {
  const steps = plan.epochs * stepsOf(examples, plan.batch, plan.batchNorm === "train");
  const all = scratchLengths.reduce((sum, times) => sum + times * steps, 0);
  if (lr === "find" || (budget === undefined && all >= worthFinding)) return "finder";
  return plan.groups[0]?.rate === lr ? "asked" : "usual";
}
