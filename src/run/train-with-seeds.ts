import type { SeedsBy } from "../core/events/run-outcome.js";
import type { OverSeeds } from "../core/results/comparison.js";
import { metrics, type ScoreName } from "../core/results/metric.js";
import { defaults } from "../options/options.js";
import type { Context } from "./context.js";

/** A training with its predictions, and how it is repeated. */
export interface SeededTraining<A> {
  readonly first: A;
  /**
   * @param its the run with another seed
   * @param suffix of the names of its stages
   */
  readonly again: (its: Context, suffix: string) => Promise<A>;
}

/** The run's own training, and the one from scratch if the run has baselines. */
export interface SeededPair<A, M extends ScoreName> {
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
export interface SeedAnswers<A, M extends ScoreName> {
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
    estimateOverSeeds(all.map(sharesOf), {
      range: metrics[metric].range,
      ...(groups && { groups }),
    });
  const by_seed = {
    runs: answers.map((_, k) => rowOf(k)),
    ...as<OverSeeds>(over(answers)),
    ...(baseline && { [key]: over(baseline) }),
    seconds: (performance.now() - begin) / 1000,
  };
  return { transfer: answers, ...(baseline && { scratch: baseline }), by_seed };
}
