import { withWeights } from "../../bases/heads.js";
import { roundedAs } from "../../bases/weight-storage.js";
import { recipeFields } from "../../core/messages/message.js";
import type { Graph } from "../../graph/graph.js";
import type { TrainingPlan } from "../../methods/plan.js";
import type { TrainOptions } from "../../options/options.js";
import type { Comparison } from "../../run/baselines/comparison.js";
import type { ExtraTrainings } from "../../run/forecast/extra-trainings.js";
import { recipeMade } from "../../run/training/epoch-fields.js";
import { stageOf } from "../../run/training/planned.js";
import { reportDivergence } from "../../run/training/rate-of.js";

/** A student before a teacher joins it. */
export interface Student {
  readonly model: Graph;
  readonly plan: TrainingPlan;
}

/** Returns the additional trainings of a run: other seeds, and the student without the teacher for each seed. */
export function studentTrainings(
  { seeds = 1, baselines }: Pick<TrainOptions, "seeds" | "baselines">,
  student: Student,
  plan: TrainingPlan,
): readonly [ExtraTrainings] {
  const repeats = Array.from({ length: seeds - 1 }, () => plan);
  const compared = baselines ? Array.from({ length: seeds }, () => student.plan) : [];
  const name = "other seeds and trainings without the teacher";
  return [{ name, baselines: baselines === true, seeds, plans: [...repeats, ...compared] }];
}

/** Returns the comparison with the same student without the teacher: same start, steps and seeds. */
export const withoutTeacher = (student: () => Student): Comparison => ({
  key: "without_teacher",
  subject: "teacher",
  async train(
    { besides: { regime: _, ...besides } = {}, ...context },
    { probed, stored, fitted },
    { suffix = "" },
  ) {
    const { model, plan } = student();
    const stage = `without teacher${suffix}`;
    // With a fixed number of epochs there is no early stopping: both students train equally long.
    const baselineContext = { ...context, besides, options: { ...context.options, epochs: plan.epochs } };
    const fit = await stageOf(baselineContext, model, plan, stage, "training");
    const result = await fit.run(fitted!.start);
    await reportDivergence(context, stage, fit, result, fitted!.start);
    await fit.dispose();
    const { initializers } = roundedAs(withWeights(probed, result.weights), stored);
    return {
      weights: initializers,
      best: result.best,
      keptStart: result.bestEpoch === 0,
      report: { seconds: result.seconds, ...recipeFields(recipeMade(plan, result, context.run)) },
    };
  },
});
