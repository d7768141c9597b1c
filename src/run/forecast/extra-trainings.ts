import type { TrainingPlan } from "../../methods/plan.js";
import { type RecipeOptions, verdictSeeds } from "../../options/options.js";
import { type ScratchTraining, scratchWork } from "../baselines/scratch-training.js";

/** Additional trainings of a run: repeats with other seeds, folds, and training from scratch for each seed. */
export interface ExtraTrainings {
  /** Name in the forecast. Default: by `seeds` and `baselines`. */
  readonly name?: string;
  readonly baselines: Exclude<RecipeOptions["baselines"], "auto" | undefined>;
  readonly seeds: number;
  /** Folds of a cross-validation. Missing: none. */
  readonly folds?: number;
  /** Most steps of a training from scratch; missing without one. */
  readonly scratchSteps?: number;
  readonly plans: readonly TrainingPlan[];
  /** Returns these trainings with fewer steps from scratch, down to `fewest`. */
  readonly fewer?: { readonly fewest: number; readonly at: (steps: number) => ExtraTrainings };
}

/** Returns trainings that a run makes in any case. @param name in the forecast */
export const extraTrainingsOf = (plans: readonly TrainingPlan[], name?: string): ExtraTrainings => ({
  name,
  baselines: false,
  seeds: 1,
  plans,
});

/**
 * Returns the possible additional trainings of a run, the most first: one choice, unless the run decides by the
 * available time.
 * @param again the run's own training; missing if a head was solved
 */
export function possibleExtraTrainings(
  options: Pick<RecipeOptions, "baselines" | "seeds" | "budget" | "scratchSteps" | "folds">,
  scratch: ScratchTraining | undefined,
  again?: TrainingPlan,
): readonly [ExtraTrainings, ...ExtraTrainings[]] {
  const { baselines = false, seeds, budget, folds } = options;
  const inFolds = folds !== undefined && { folds };
  const repeats = (seeds: number): TrainingPlan[] =>
    again ? Array.from({ length: seeds - 1 + (folds ?? 0) }, () => again) : [];
  const alone: ExtraTrainings = {
    baselines: false,
    seeds: seeds ?? 1,
    ...inFolds,
    plans: repeats(seeds ?? 1),
  };
  if (baselines === false) return [alone];
  const quick = { ...alone, baselines: baselines === true ? baselines : ("quick" as const) };
  if (baselines === "quick" || !scratch) return [quick];
  const { steps: whole, fewest } = scratch;
  const at = (seeds: number, steps: number): ExtraTrainings => ({
    baselines: true,
    seeds,
    ...inFolds,
    scratchSteps: steps,
    plans: [
      ...Array.from({ length: seeds }, (_, k) => scratchWork(scratch, steps, k > 0)).flat(),
      ...repeats(seeds),
    ],
  });
  const of = (seeds: number): ExtraTrainings => at(seeds, options.scratchSteps ?? whole);
  if (baselines === true) return [of(seeds ?? 1)];
  // Requested steps are not reduced.
  const shorter = (seeds: number): ExtraTrainings =>
    options.scratchSteps === undefined
      ? { ...of(seeds), fewer: { fewest, at: (steps) => at(seeds, steps) } }
      : of(seeds);
  if (seeds !== undefined) return [shorter(seeds), quick];
  // A budget allows one training.
  return budget === undefined ? [of(verdictSeeds), shorter(1), quick] : [shorter(1), quick];
}
