import { roundedAs, type storedAs } from "../bases/weight-storage.js";
import type { TrainResultEvent } from "../core/events.js";
import type { Graph } from "../graph/graph.js";
import type { Context } from "./context.js";
import { predictWith } from "./feeds.js";
import { defaults } from "./options.js";
import { heldOf, type Planned, stageOf } from "./planned.js";
import { toldDivergence } from "./rate-of.js";
import { correctOf, type Predictions } from "./scores.js";
import type { ScratchRun } from "./scratch.js";
import { fedBy } from "./setup.js";
import type { Trained } from "./train-from.js";
import { trainedModel } from "./trained-model.js";

/** The run's own training, which the others are beside. */
export interface First {
  readonly planned: Planned;
  /** The model with the probe's head, and how its file holds weights. */
  readonly probed: Graph;
  readonly stored: ReturnType<typeof storedAs>;
  /** Missing for a probe: it is solved, and no seed changes it. */
  readonly fitted?: Trained;
  readonly predictions: Predictions;
  /** Its run from scratch; missing without baselines. */
  readonly scratch?: ScratchRun;
}

/**
 * The same training with the seeds after the run's own, and from scratch beside each: same split, same start of the head,
 * other order, augmentation and fresh weights.
 *
 * @returns accuracies by seed; with baselines the verdict over all of them, whose interval holds the luck of the seed too
 */
export async function moreSeeds(
  context: Context,
  first: First,
): Promise<Required<Pick<TrainResultEvent, "by_seed">> & Pick<TrainResultEvent, "verdict">> {
  const { options, dataset, onEvent } = context;
  const { seeds = 1, seed: own = defaults.seed } = options;
  const begin = performance.now();
  const shareOf = (p: Predictions): number => share(correctOf(p, dataset.classes.length));
  const transfer = [first.predictions];
  const scratch = first.scratch ? [first.scratch.predictions] : [];
  const rowOf = (k: number) => ({
    seed: own + k,
    accuracy: shareOf(transfer[k]!),
    ...(first.scratch && { scratch: shareOf(scratch[k]!) }),
  });
  const tell = (k: number): void => onEvent({ event: "seed", number: k + 1, of: seeds, ...rowOf(k) });
  tell(0);
  for (let k = 1; k < seeds; k++) {
    const seed = own + k;
    const its: Context = { ...context, options: { ...options, seed } };
    const suffix = ` seed ${seed}`;
    transfer.push(await again(its, first, suffix));
    if (first.scratch) {
      const { scratchOf } = await import("./baselines.js");
      const { rate } = first.scratch;
      const more = { suffix, ...(rate !== undefined && { rate }) };
      scratch.push((await scratchOf(its, first.planned, more)).predictions);
    }
    tell(k);
  }
  const { meanInterval } = await import("../evaluate/mean-interval.js");
  const by_seed = {
    runs: transfer.map((_, k) => rowOf(k)),
    accuracy: meanInterval(transfer.map(shareOf)),
    ...(first.scratch && { scratch: meanInterval(scratch.map(shareOf)) }),
    seconds: (performance.now() - begin) / 1000,
  };
  if (!first.scratch) return { by_seed };
  const { verdictOf } = await import("./baselines.js");
  return { by_seed, verdict: await verdictOf(context, transfer, scratch) };
}

/** The training of the run with the context's seed. @returns its answers on the test part */
async function again(
  context: Context,
  { planned, probed, stored, fitted, predictions }: First,
  suffix: string,
): Promise<Predictions> {
  const { options, opened, runtime, dataset } = context;
  const { trained, blank } = planned;
  if (!trained || !fitted) return predictions;
  const { seed = defaults.seed } = options;
  const plan = planned.replan({ ...fitted.asked, seed });
  const stage = `${trained.stage}${suffix}`;
  const fit = await stageOf(context, blank, plan, stage, "training");
  const result = await fit.run(fitted.start, { rates: plan.groups.map((g) => g.rate) });
  await toldDivergence(context, stage, fit, result, fitted.start);
  await fit.dispose();
  const { model } = await trainedModel(context, probed, result, plan);
  const fed = fedBy(opened, roundedAs(model, stored));
  return predictWith(runtime, fed, heldOf(context, "test"), dataset.classes.length, options.signal);
}

const share = (right: readonly boolean[]): number => right.filter(Boolean).length / right.length;
