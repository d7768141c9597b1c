import type { TrainResultEvent } from "../core/events.js";
import type { Context } from "./context.js";
import { heldOf, type Planned, stageOf } from "./planned.js";
import { correctOf, type Predictions, scoresOf } from "./scores.js";
import { type FromScratch, fromScratch } from "./scratch.js";
import type { SolvedHead } from "./solve-head.js";

/** The runs beside the run, and whether the transfer helped. */
export async function baselinesOf(
  context: Context,
  { plain, scratch: plans, trained }: Planned,
  solved: SolvedHead,
  predictions: Predictions,
  decide?: FromScratch["decide"],
): Promise<Required<Pick<TrainResultEvent, "baselines" | "verdict">>> {
  const { classes } = context.dataset;
  const scratch = await fromScratch(context, {
    blank: plain,
    plans,
    prepare: (net, its, stage) => stageOf(context, net, its, stage, "scratch"),
    test: heldOf(context, "test"),
    ...(decide && { decide }),
  });
  const { compareRuns } = await import("../evidence/verdict.js");
  const verdict = compareRuns({
    a: { correct: [correctOf(predictions, classes.length)] },
    b: { correct: [correctOf(scratch.predictions, classes.length)] },
  });
  return {
    baselines: {
      scratch: scratch.baseline,
      ...(trained && {
        probe: {
          test: scoresOf(classes, solved.predictions),
          seconds: solved.seconds.features + solved.seconds.solving,
          recipe: `logistic regression on frozen features, strength ${solved.probe.strength}`,
        },
      }),
    },
    verdict,
  };
}
