import { stepsOfEpoch } from "../../methods/epoch-steps.js";
import type { TrainingPlan } from "../../methods/plan.js";
import { stepsWithin } from "../../train/epochs/pace.js";
import type { Decided } from "../../train/fit.js";

/** What a budget is divided by. */
export interface Share {
  /** Seconds that are left of the budget. */
  readonly left: number;
  /** Seconds that come after all training: the test part, the report. */
  readonly tail: number;
  /** Trainings of one length that are still to come, this one among them: 4 with a run from scratch, which has 3 times as long. */
  readonly trainings: number;
  readonly examples: number;
  readonly secondsPerStep: number;
  readonly secondsPerValidation: number;
}

/** How many steps a training makes so that the whole run ends in time. @returns at least one step */
export function withinBudget(
  plan: Pick<TrainingPlan, "batch" | "batchNorm" | "pairs">,
  asked: { readonly epochs?: number | undefined },
  share: Share,
): Required<Pick<Decided, "steps" | "seconds">> {
  const stepsPerEpoch = stepsOfEpoch(plan, share.examples);
  const seconds = Math.max(0, share.left - share.tail) / share.trainings;
  const { secondsPerStep, secondsPerValidation } = share;
  // The first validation is that of the weights it starts from.
  const most = stepsWithin(Math.max(0, seconds - secondsPerValidation), {
    step: 0,
    position: 0,
    stepsPerEpoch,
    seconds: 0,
    secondsPerStep,
    secondsPerValidation,
  });
  const steps = asked.epochs === undefined ? most : Math.min(most, asked.epochs * stepsPerEpoch);
  return { steps, seconds };
}
