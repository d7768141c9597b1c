import { withWeights } from "../bases/heads.js";
import { roundedAs, type storedAs } from "../bases/weight-storage.js";
import type { SeedsBy } from "../core/events/run-outcome.js";
import type { OverSeeds } from "../core/results/comparison.js";
import { metrics, type ScoreName } from "../core/results/metric.js";
import { groupsOfItems } from "../data/split/groups.js";
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
  const { transfer, by_seed } = await trainWithSeeds(context, {
    metric: task.score,
    scoreOf: (its: Answers) => task.scored(its).value,
    sharesOf: (its: Answers) => task.scored(its).shares,
    groups: groupsOfItems(itemsOf(context, "test")),
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
    key: task.comparison?.key,
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
  const { opened, training } = context;
  const fresh = startsRandom(opened)
    ? opened.made?.fresh(blank, seed)
    : training.head.freshHead?.(blank, seed);
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

/** A training with its predictions, and how it is repeated. */
interface SeededTraining<A> {
  readonly first: A;
  /**
   * @param its the run with another seed
   * @param suffix of the names of its stages
   */
  readonly again: (its: Context, suffix: string) => Promise<A>;
}

/** The run's own training, and the one from scratch if the run has baselines. */
interface SeededPair<A, M extends ScoreName> {
  readonly transfer: SeededTraining<A>;
  readonly scratch?: SeededTraining<A> | undefined;
  /** Key of the scores of `scratch` in events and results. Default "scratch". */
  readonly key?: "scratch" | "without_teacher";
  /** The score's name in events and results, and the score, 0 … 1. */
  readonly metric: M;
  readonly scoreOf: (answer: A) => number;
  /** Returns the share of each test item in the score, whose mean it is. */
  readonly sharesOf: (answer: A) => ArrayLike<number>;
  /** Group of each test item; missing if each is its own. */
  readonly groups?: readonly string[] | undefined;
}

/** Predictions of the trainings by seed, and their scores for a result. */
interface SeedAnswers<A, M extends ScoreName> {
  readonly transfer: readonly A[];
  /** Missing without baselines. */
  readonly scratch?: readonly A[];
  readonly by_seed: SeedsBy<M>;
}

/**
 * Repeats the training, and the one from scratch, with the seeds after the run's own: the same split and initial head,
 * another order, augmentation and random weights. Emits an event after each seed.
 */
export async function trainWithSeeds<A, M extends ScoreName>(
  context: Context,
  { transfer, scratch, key = "scratch", metric, scoreOf, sharesOf, groups }: SeededPair<A, M>,
): Promise<SeedAnswers<A, M>> {
  const { options, onEvent } = context;
  const { seeds = 1, seed: own = defaults.seed } = options;
  const begin = performance.now();
  const answers = [transfer.first];
  const baseline = scratch && [scratch.first];
  const as = <V>(value: V) => ({ [metric]: value }) as Record<M, V>;
  const rowOf = (k: number) => ({
    seed: own + k,
    ...as(scoreOf(answers[k]!)),
    ...(baseline && { [key]: scoreOf(baseline[k]!) }),
  });
  const tell = (k: number): void => onEvent({ event: "seed", number: k + 1, of: seeds, ...rowOf(k) });
  tell(0);
  for (let k = 1; k < seeds; k++) {
    const seed = own + k;
    const its: Context = { ...context, options: { ...options, seed } };
    const suffix = ` seed ${seed}`;
    answers.push(await transfer.again(its, suffix));
    if (scratch) baseline!.push(await scratch.again(its, suffix));
    tell(k);
  }
  const { estimateOverSeeds } = await import("../statistics/estimate.js");
  const over = (all: readonly A[]): OverSeeds =>
    estimateOverSeeds(all.map(sharesOf), { range: metrics[metric].range, groups });
  const by_seed = {
    runs: answers.map((_, k) => rowOf(k)),
    ...as<OverSeeds>(over(answers)),
    ...(baseline && { [key]: over(baseline) }),
    seconds: (performance.now() - begin) / 1000,
  };
  return { transfer: answers, scratch: baseline, by_seed };
}
