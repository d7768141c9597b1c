import { withWeights } from "../bases/heads.js";
import { roundedAs, type storedAs } from "../bases/weight-storage.js";
import { factsOf } from "../evaluate/class-predictions.js";
import type { Graph } from "../graph/graph.js";
import type { PlanRequest, TrainingPlan } from "../methods/plan.js";
import { defaults } from "../options/options.js";
import type { Weights } from "../train/epochs/average-weights.js";
import type { Fit } from "../train/fit.js";
import type { Rivals } from "./baselines/rivals.js";
import { trainComparison } from "./baselines/train-comparison.js";
import { verdictOfRun } from "./baselines/verdict-of-run.js";
import type { Context } from "./context.js";
import type { Added } from "./save-in-stages.js";
import { startsRandom } from "./setup.js";
import { trainWithSeeds } from "./train-with-seeds.js";
import type { RunResult, ScratchAnswers, Solved, TrainableTask } from "./trainable-task.js";
import { trainedModel } from "./trained-model.js";
import type { TrainedTask } from "./trained-task.js";
import { itemsOf, stageOf } from "./training/planned.js";
import { reportDivergence } from "./training/rate-of.js";
import type { Trained } from "./training/train-from.js";

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

/** A run's own training, with what is needed to repeat it. */
interface Repeatable {
  readonly planned: {
    readonly blank: Graph;
    readonly trained?: { readonly stage: string } | undefined;
    readonly replan: (change: Partial<PlanRequest>) => TrainingPlan;
  };
  /** The model with the probe's head, and how its file stores weights. */
  readonly probed: Graph;
  readonly stored: ReturnType<typeof storedAs>;
  /** Missing for a probe: it is solved, and no seed changes it. */
  readonly fitted?: Trained;
}

/**
 * Repeats a run's training with the context's seed, from the same start.
 *
 * @param prepare builds and loads the training of a plan, as a stage of this name
 * @param suffix of the stage's name
 * @returns the model as its file would store it; undefined if no seed changes it
 */
async function repeatTraining(
  context: Context,
  { planned, probed, stored, fitted }: Repeatable,
  suffix: string,
  prepare: (blank: Graph, plan: TrainingPlan, stage: string) => Promise<Fit>,
): Promise<Graph | undefined> {
  const { trained, blank } = planned;
  if (!trained || !fitted) return undefined;
  const { seed = defaults.seed } = context.options;
  const plan = planned.replan({ ...fitted.asked, seed });
  const stage = `${trained.stage}${suffix}`;
  // Each seed has its own random weights: all if nothing is pretrained.
  const { opened, head } = context;
  const fresh = startsRandom(opened) ? opened.made?.fresh(blank, seed) : head.freshHead?.(blank, seed);
  const start = fresh ? new Map([...fitted.start, ...onlyOf(fresh, fitted.start)]) : fitted.start;
  const fit = await prepare(fresh ? withWeights(blank, fresh) : blank, plan, stage);
  const result = await fit.run(start, { rates: plan.groups.map((g) => g.rate) });
  await reportDivergence(context, stage, fit, result, start);
  await fit.dispose();
  const { model } = await trainedModel(context, fresh ? withWeights(probed, fresh) : probed, result, plan);
  return roundedAs(model, stored);
}

/** Returns the weights whose names are in another map. */
const onlyOf = (weights: Weights, names: ReadonlyMap<string, unknown>): Weights =>
  new Map([...weights].filter(([name]) => names.has(name)));
