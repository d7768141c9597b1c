import { factsOf } from "../evaluate/class-predictions.js";
import type { Rivals } from "./baselines/rivals.js";
import { trainComparison } from "./baselines/train-comparison.js";
import { verdictOfRun } from "./baselines/verdict-of-run.js";
import type { Context } from "./context.js";
import { repeatTraining } from "./repeat-training.js";
import type { Added } from "./save-in-stages.js";
import { startsRandom } from "./setup.js";
import { trainWithSeeds } from "./train-with-seeds.js";
import type { RunResult, ScratchAnswers, Solved, TrainableTask } from "./trainable-task.js";
import type { TrainedTask } from "./trained-task.js";
import { itemsOf, stageOf } from "./training/planned.js";

/** The trainings of the run's own seed. */
interface FirstSeed<Answers, Head> {
  readonly trained: TrainedTask<Head>;
  readonly answers: Answers;
  /** Missing without baselines. */
  readonly scratch?: ScratchAnswers<Answers>;
  readonly rivals?: Rivals;
}

/**
 * Repeats the training with the seeds after the run's own, and the one from scratch for each: the same split and the
 * same solved head, with another order, augmentation and random weights.
 * @returns scores by seed; with baselines the verdict over all seeds
 */
export async function repeatWithSeeds<Answers, Head extends Solved<Answers>, Facts, Result extends RunResult>(
  context: Context,
  task: TrainableTask<Answers, Head, Facts, Result>,
  { trained, answers, scratch: first, rivals }: FirstSeed<Answers, Head>,
): Promise<Added> {
  const trainings = first ? [first] : [];
  const { transfer, scratch, by_seed } = await trainWithSeeds(context, {
    metric: task.score,
    scoreOf: (its: Answers) => task.scored(its).value,
    sharesOf: (its: Answers) => task.scored(its).shares,
    groups: factsOf(itemsOf(context, "test")).groups,
    transfer: {
      first: answers,
      again: async (its, suffix) => {
        const { trainedAlone = trained } = trained;
        const model = await repeatTraining(its, trainedAlone, suffix, (blank, plan, stage) =>
          stageOf(its, blank, plan, stage, "training"),
        );
        if (!model) return answers;
        const rival = trainedAlone === trained ? undefined : await task.solveTrained?.(its, model);
        return rival?.answers ?? task.predict(its, model, "repeat");
      },
    },
    ...(task.comparison && { key: task.comparison.key }),
    scratch: first && {
      first: first.answers,
      again: async (its, suffix) => {
        const other = await trainComparison(its, task, trained, { suffix, rate: first.rate });
        trainings.push(other);
        return other.answers;
      },
    },
  });
  const verdict =
    rivals &&
    (scratch || startsRandom(context.opened)) &&
    (await verdictOfRun(context, task, { transfer, scratch: trainings, fitted: trained.fitted }, rivals));
  return { by_seed, ...(verdict && { verdict }) };
}
