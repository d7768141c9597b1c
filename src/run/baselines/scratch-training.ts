import { stepsOfEpoch } from "../../methods/epoch-steps.js";
import type { TrainingPlan } from "../../methods/plan.js";

/** Settings of the training from random weights: the baseline of every task. */
export interface ScratchTraining {
  /** Default of the most steps of one training: 3 times those of the run, at least 1,500. */
  readonly steps: number;
  /** Fewest steps for a comparison: 3 times those of the run. */
  readonly fewest: number;
  /** Learning rates to try, including the usual one. */
  readonly rates: readonly number[];
  readonly usual: number;
  readonly planAt: (rate: number, steps: number) => TrainingPlan;
  /** Training samples. */
  readonly examples: number;
}

/** Epochs of a pilot: a tenth of all, at least one. */
export const pilotEpochs = ({ epochs }: Pick<TrainingPlan, "epochs">): number =>
  Math.max(1, Math.round(epochs / 10));

/** Share of a training's steps for the pilots of the other rates: two of them, or three if a rate was requested. */
export const pilotShare = 0.3;

/**
 * The trainings of one seed, for a forecast: the completed one, and the pilots of the rejected rates.
 * @param known the rate is that of another seed, so there are no pilots
 */
export function scratchWork(
  { rates, planAt, examples }: ScratchTraining,
  steps: number,
  known = false,
): readonly TrainingPlan[] {
  const plan = planAt(rates[0]!, steps);
  const epochs = pilotEpochs(plan);
  const pilotSteps = Math.min(steps, epochs * stepsOfEpoch(plan, examples));
  const pilot = { ...plan, epochs, plateau: { ...plan.plateau!, steps: pilotSteps } };
  return [plan, ...Array.from({ length: known ? 0 : rates.length - 1 }, () => pilot)];
}
