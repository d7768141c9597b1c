import { stepsOfEpoch } from "../../methods/epoch-steps.js";
import type { TrainingPlan } from "../../methods/plan.js";
import { stepsWithin } from "../../train/epochs/pace.js";
import type { Decided } from "../../train/fit.js";

/** What the work on a head is counted in. */
export type HeadUnit = "trials" | "passes" | "samples";

/** Shares of a budget at which its phases end: before a training, and before scores and report alone. */
export const phaseEnds = {
  features: { trained: 0.35, solved: 0.6 },
  head: { trained: 0.5, solved: 0.8 },
  rivals: { trained: 0.9, solved: 0.9 },
} as const;

/** The end of the work on a head. */
export interface HeadEnd {
  /** True if no part shall begin after so many. */
  readonly isOver: (done: number) => boolean;
  /** Stores where the work ended, and warns of it, if the budget has cut it. */
  readonly keep: (done: number) => Promise<void>;
}

/** How a budget is divided. */
export interface Share {
  /** Remaining seconds of the budget. */
  readonly left: number;
  /** Seconds after all training: the test split, the report. */
  readonly tail: number;
  /**
   * Number of remaining trainings of this length, including this one: 4 with a run from scratch, which gets 3 times as
   * long.
   */
  readonly trainings: number;
  readonly examples: number;
  readonly secondsPerStep: number;
  readonly secondsPerValidation: number;
}

/**
 * Returns how many steps a training may make so that the whole run ends in time.
 * @param requested fewest: steps that are made in any case, at least 1 by default. With 0, the validations of a single step must fit too
 */
export function withinBudget(
  plan: Pick<TrainingPlan, "batch" | "batchNorm" | "pairs">,
  requested: { readonly epochs?: number | undefined; readonly fewest?: 0 | 1 },
  share: Share,
): Required<Pick<Decided, "steps" | "seconds">> {
  const stepsPerEpoch = stepsOfEpoch(plan, share.examples);
  const seconds = Math.max(0, share.left - share.tail) / share.trainings;
  const { secondsPerStep, secondsPerValidation } = share;
  // The first validation is that of the initial weights.
  if (requested.fewest === 0 && seconds < 2 * secondsPerValidation + secondsPerStep)
    return { steps: 0, seconds };
  const most = stepsWithin(Math.max(0, seconds - secondsPerValidation), {
    step: 0,
    position: 0,
    stepsPerEpoch,
    seconds: 0,
    secondsPerStep,
    secondsPerValidation,
  });
  const steps = requested.epochs === undefined ? most : Math.min(most, requested.epochs * stepsPerEpoch);
  return { steps, seconds };
}
