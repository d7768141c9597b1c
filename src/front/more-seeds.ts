import type { TrainResultEvent } from "../core/events.js";
import type { Context } from "./context.js";
import { predictWith } from "./feeds.js";
import { inSeeds } from "./in-seeds.js";
import { heldOf, type Planned, stageOf } from "./planned.js";
import { correctOf, type Predictions } from "./scores.js";
import type { ScratchRun } from "./scratch.js";
import { fedBy } from "./setup.js";
import { type Repeatable, trainedAgain } from "./trained-again.js";

/** The run's own training, which the others are beside. */
export interface First extends Repeatable {
  readonly planned: Planned;
  readonly predictions: Predictions;
  /** Its run from scratch; missing without baselines. */
  readonly scratch?: ScratchRun;
}

/**
 * The training with the seeds after the run's own: see {@link inSeeds}.
 *
 * @returns accuracies by seed; with baselines the verdict over all of them, whose interval holds the luck of the seed too
 */
export async function moreSeeds(
  context: Context,
  first: First,
): Promise<Required<Pick<TrainResultEvent, "by_seed">> & Pick<TrainResultEvent, "verdict">> {
  const { scratch: beside, planned, predictions } = first;
  const { transfer, scratch, by_seed } = await inSeeds(context, {
    metric: "accuracy",
    scoreOf: (p: Predictions) => share(correctOf(p, context.dataset.classes.length)),
    sharesOf: (p: Predictions) => correctOf(p, context.dataset.classes.length).map(Number),
    groups: predictions.groups,
    transfer: { first: predictions, again: (its, suffix) => again(its, first, suffix) },
    scratch: beside && {
      first: beside.predictions,
      again: async (its, suffix) => {
        const { scratchOf } = await import("./baselines.js");
        const { rate } = beside;
        return (await scratchOf(its, planned, { suffix, ...(rate !== undefined && { rate }) })).predictions;
      },
    },
  });
  if (!scratch) return { by_seed };
  const { verdictOf } = await import("./baselines.js");
  return { by_seed, verdict: await verdictOf(context, transfer, scratch, beside?.rivals) };
}

/** @returns the answers of the context's seed on the test part */
async function again(context: Context, first: First, suffix: string): Promise<Predictions> {
  const { opened, runtime, dataset, options } = context;
  const model = await trainedAgain(context, first, suffix, (blank, plan, stage) =>
    stageOf(context, blank, plan, stage, "training"),
  );
  if (!model) return first.predictions;
  const test = heldOf(context, "test");
  return predictWith(runtime, fedBy(opened, model), test, dataset.classes.length, options.signal);
}

const share = (right: readonly boolean[]): number => right.filter(Boolean).length / right.length;
