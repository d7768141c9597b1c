import { stepsOfEpoch } from "../../methods/epoch-steps.js";
import type { TrainingPlan } from "../../methods/plan.js";

/** How the same network is trained from random weights: the baseline of every task. */
export interface ScratchTraining {
  /** Most steps of one training where nothing else was asked for: 3 times those of the run, at least 1,500. */
  readonly steps: number;
  /** Fewest steps that are a comparison: 3 times those of the run. */
  readonly fewest: number;
  /** Learning rates that are tried, and the usual one among them. */
  readonly rates: readonly number[];
  readonly usual: number;
  readonly planAt: (rate: number, steps: number) => TrainingPlan;
  /** Training samples. */
  readonly examples: number;
}

/** Epochs of a pilot: a tenth of all, at least one. */
export const pilotEpochs = ({ epochs }: Pick<TrainingPlan, "epochs">): number =>
  Math.max(1, Math.round(epochs / 10));

/** Share of a training's steps that the pilots of the other rates take together: two of them, or three if a rate was asked for. */
export const pilotShare = 0.3;

/**
 * The trainings of one seed, for a forecast: the one that ends, and the pilots of the rates that were not chosen.
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
