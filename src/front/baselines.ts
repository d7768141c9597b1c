import type { TrainResultEvent } from "../core/events.js";
import type { Context } from "./context.js";
import { heldOf, type Planned, stageOf } from "./planned.js";
import { correctOf, type Predictions, scoresOf } from "./scores.js";
import { type FromScratch, fromScratch } from "./scratch.js";
import type { SolvedHead } from "./solve-head.js";

/** The runs beside a run, whether the transfer helped, and what the better run from scratch answered. */
export interface Beside {
  readonly said: Required<Pick<TrainResultEvent, "baselines" | "verdict">>;
  readonly scratch: Predictions;
}

/** The run from scratch beside a run, on its data and with its seed. */
export function scratchOf(
  context: Context,
  { plain, scratch: plans }: Planned,
  more: Pick<FromScratch, "decide" | "suffix"> = {},
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
): Promise<Beside> {
  const { classes } = context.dataset;
  const scratch = await scratchOf(context, planned, decide && { decide });
  const { compareRuns } = await import("../evidence/verdict.js");
  const verdict = compareRuns({
    a: { correct: [correctOf(predictions, classes.length)] },
    b: { correct: [correctOf(scratch.predictions, classes.length)] },
  });
  const words = context.inputs && (await (await import("./texts/tf-idf-baseline.js")).tfIdfBaseline(context));
  const baselines = {
    ...(words && { tf_idf: words }),
    scratch: scratch.baseline,
    ...(planned.trained && {
      probe: {
        test: scoresOf(classes, solved.predictions),
        seconds: solved.seconds.features + solved.seconds.solving,
        recipe: `logistic regression on frozen features, strength ${Number(solved.probe.strength.toPrecision(3))}`,
      },
    }),
  };
  return { said: { baselines, verdict }, scratch: scratch.predictions };
}
