import { withWeights } from "../bases/heads.js";
import type { Baseline, TrainResultEvent } from "../core/events.js";
import type { ScratchState } from "../evidence/compare-trainings.js";
import type { Context } from "./context.js";
import { predictWith } from "./feeds.js";
import { heldOf, type Planned, stageOf } from "./planned.js";
import { type Rivals, rivalsOf } from "./rivals.js";
import { correctOf, type Predictions, scoresOf } from "./scores.js";
import { type FromScratch, type ScratchFit, stateOf, trainFromScratch } from "./scratch.js";
import type { SolvedHead } from "./solve-head.js";
import { majorityBaseline, type PixelBaseline, pixelBaseline } from "./trivial-baselines.js";

/** A training from scratch, and what it predicts on the test set. */
export interface ScratchAnswers extends ScratchFit {
  readonly predictions: Predictions;
}

/** The run from scratch beside a run, and what else the verdict of several seeds compares with. */
export interface ScratchRun extends ScratchAnswers {
  readonly baseline: Baseline;
  readonly rivals: Rivals;
}

/** The runs beside a run, whether the transfer helped, and the run from scratch. */
export interface Beside {
  readonly said: Required<Pick<TrainResultEvent, "baselines" | "verdict">>;
  readonly scratch: ScratchRun;
}

/** Training from scratch on the data of a run and with its seed, and what it predicts on the test set. */
export async function scratchOf(
  context: Context,
  { plain, scratch }: Pick<Planned, "plain" | "scratch">,
  more: Pick<FromScratch, "decide" | "suffix" | "rate" | "transfer"> = {},
): Promise<ScratchAnswers> {
  const { runtime, dataset, options } = context;
  const fit = await trainFromScratch(context, {
    blank: plain,
    training: scratch!,
    prepare: (net, its, stage) => stageOf(context, net, its, stage, "scratch"),
    ...more,
  });
  const net = withWeights(plain, fit.weights);
  const test = heldOf(context, "test");
  return {
    ...fit,
    predictions: await predictWith(runtime, net, test, dataset.classes.length, options.signal),
  };
}

/** The runs beside the run, and whether the transfer helped. */
export async function baselinesOf(
  context: Context,
  planned: Planned,
  solved: SolvedHead,
  predictions: Predictions,
  {
    small,
    ...more
  }: Pick<FromScratch, "decide" | "transfer"> & { readonly small?: PixelBaseline | undefined },
): Promise<Beside> {
  const { classes } = context.dataset;
  const scratch = await scratchOf(context, planned, more);
  const baseline = { test: scoresOf(classes, scratch.predictions), ...scratch.told };
  const words = context.inputs && (await (await import("./texts/tf-idf-baseline.js")).tfIdfBaseline(context));
  const pixels = context.inputs ? undefined : (small ?? (await pixelBaseline(context)));
  const baselines = {
    majority: majorityBaseline(context),
    ...(pixels && { pixels: pixels.baseline }),
    ...(words && { tf_idf: words }),
    ...(solved.hybrid && { hybrid: solved.hybrid }),
    scratch: baseline,
    ...(planned.trained && {
      probe: {
        test: scoresOf(classes, solved.predictions),
        seconds: solved.seconds.features + solved.seconds.solving,
        recipe: `logistic regression on frozen features, strength ${Number(solved.probe.strength.toPrecision(3))}`,
      },
    }),
  };
  const rivals = rivalsOf(baselines);
  const verdict = await verdictOf(context, [predictions], [scratch.predictions], {
    rivals,
    state: stateOf([scratch.told.training], more.transfer),
  });
  return { said: { baselines, verdict }, scratch: { ...scratch, baseline, rivals } };
}

/** Whether the transfer helped, by the predictions of each seed on the test set. */
export async function verdictOf(
  { dataset: { classes }, options, inputs }: Context,
  transfer: readonly Predictions[],
  scratch: readonly Predictions[],
  { rivals, state }: { readonly rivals: Rivals; readonly state: ScratchState },
): Promise<NonNullable<TrainResultEvent["verdict"]>> {
  const [{ compareTrainings }, { beatsMajority }] = await Promise.all([
    import("../evidence/compare-trainings.js"),
    import("../statistics/tango.js"),
  ]);
  const right = (all: readonly Predictions[]): number[][] =>
    all.map((one) => correctOf(one, classes.length).map(Number));
  const { labels, groups } = transfer[0]!;
  const b = right(scratch);
  return compareTrainings({
    ...{ a: right(transfer), b, items: inputs ? "texts" : "pictures" },
    ...(groups && { groups }),
    ...(options.margin !== undefined && { margin: options.margin }),
    classes: classes.map((name, k) => ({ name, items: labels.filter((label) => label === k).length })),
    trivial: rivals.trivial,
    scratch: {
      ...state,
      learnt: rivals.majority.length === 0 || b.some((one) => beatsMajority(one, rivals.majority)),
    },
  });
}
