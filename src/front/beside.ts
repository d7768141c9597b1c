import type { TrainingPlan } from "../methods/plan.js";
import { type TrainOptions, verdictSeeds } from "./options.js";

/** What may stand beside a run: its own training with other seeds, and runs from scratch with each of them. */
export interface Beside {
  readonly baselines: boolean;
  readonly seeds: number;
  readonly plans: readonly TrainingPlan[];
}

/** Other trainings beside it. */
export const standsBeside = (plans: readonly TrainingPlan[]): Beside => ({
  baselines: false,
  seeds: 1,
  plans,
});

/**
 * What may stand beside a run, the most of it first: one thing, unless the run shall find out what there is time for.
 * @param scratch of one seed @param again the run's own training; missing where a head was solved
 */
export function besideOf(
  { baselines = false, seeds, budget }: Pick<TrainOptions, "baselines" | "seeds" | "budget">,
  scratch: readonly TrainingPlan[],
  again?: TrainingPlan,
): readonly [Beside, ...Beside[]] {
  const of = (baselines: boolean, seeds: number): Beside => ({
    baselines,
    seeds,
    plans: [
      ...Array.from({ length: baselines ? seeds : 0 }, () => scratch).flat(),
      ...(again ? Array.from({ length: seeds - 1 }, () => again) : []),
    ],
  });
  const alone = of(false, seeds ?? 1);
  if (baselines === true) return [of(true, seeds ?? 1)];
  if (baselines === false || scratch.length === 0) return [alone];
  if (seeds !== undefined) return [of(true, seeds), alone];
  // A budget is for one training.
  return budget === undefined ? [of(true, verdictSeeds), of(true, 1), alone] : [of(true, 1), alone];
}
