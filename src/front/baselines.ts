import type { TrainResultEvent } from "../core/events.js";
import type { Context } from "./context.js";
import { heldOf, type Planned, stageOf } from "./planned.js";
import { type ClassRivals, classRivals } from "./rivals.js";
import { accuracyOf, correctOf, type Predictions, scoresOf } from "./scores.js";
import { type FromScratch, fromScratch, type ScratchRun } from "./scratch.js";
import type { SolvedHead } from "./solve-head.js";
import { majorityBaseline, type PixelBaseline, pixelBaseline } from "./trivial-baselines.js";

/** The runs beside a run, whether the transfer helped, and the better run from scratch. */
export interface Beside {
  readonly said: Required<Pick<TrainResultEvent, "baselines" | "verdict">>;
  readonly scratch: ScratchRun;
}

/** The run from scratch beside a run, on its data and with its seed. */
export function scratchOf(
  context: Context,
  { plain, scratch: plans }: Planned,
  more: Pick<FromScratch, "decide" | "suffix" | "rate"> = {},
): ReturnType<typeof fromScratch> {
  return fromScratch(context, {
    blank: plain,
    plans,
    prepare: (net, its, stage) => stageOf(context, net, its, stage, "scratch"),
    test: heldOf(context, "test"),
    ...more,
  });
}

/** The runs beside the run, and whether the transfer helped. */
export async function baselinesOf(
  context: Context,
  planned: Planned,
  solved: SolvedHead,
  predictions: Predictions,
  decide?: FromScratch["decide"],
  small?: PixelBaseline,
): Promise<Beside> {
  const { classes } = context.dataset;
  const scratch = await scratchOf(context, planned, decide && { decide });
  const words = context.inputs && (await (await import("./texts/tf-idf-baseline.js")).tfIdfBaseline(context));
  const pixels = context.inputs ? undefined : (small ?? (await pixelBaseline(context)));
  const majority = majorityBaseline(context);
  const { hybrid } = solved;
  const baselines = {
    majority: majority.baseline,
    ...(pixels && { pixels: pixels.baseline }),
    ...(words && { tf_idf: words.baseline }),
    ...(hybrid && { hybrid: hybrid.baseline }),
    scratch: scratch.baseline,
    ...(planned.trained && {
      probe: {
        test: scoresOf(classes, solved.predictions),
        seconds: solved.seconds.features + solved.seconds.solving,
        recipe: `logistic regression on frozen features, strength ${Number(solved.probe.strength.toPrecision(3))}`,
      },
    }),
  };
  const rivals = await classRivals(baselines, {
    majority: majority.validation,
    ...(pixels && { pixels: accuracyOf(pixels.held, classes.length) }),
    ...(words && { tf_idf: words.validation }),
    ...(hybrid && { hybrid: hybrid.validation }),
    probe: solved.validation.score,
    scratch: scratch.best.score,
  });
  const verdict = await verdictOf(context, [predictions], [scratch.predictions], rivals);
  return { said: { baselines, verdict }, scratch: { ...scratch, rivals } };
}

/** Whether the transfer helped, by the predictions of each seed on the test set. */
export async function verdictOf(
  { dataset: { classes }, options, inputs }: Context,
  transfer: readonly Predictions[],
  scratch: readonly Predictions[],
  rivals?: ClassRivals,
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
    ...(rivals && {
      baselines: rivals.baselines,
      ...(rivals.validation !== undefined && { validation: rivals.validation }),
      scratch: {
        steps: rivals.scratchSteps,
        learnt: rivals.majority.length === 0 || b.some((one) => beatsMajority(one, rivals.majority)),
      },
    }),
  });
}
