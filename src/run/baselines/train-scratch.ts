import { withWeights } from "../../bases/heads.js";
import { defaults } from "../../options/options.js";
import { type Context, scratchContext } from "../context.js";
import type { RunResult, ScratchAnswers, Solved, TrainableTask } from "../trainable-task.js";
import type { TrainedTask } from "../trained-task.js";
import { effortOf } from "../training/kept-epoch.js";
import { emptyNetwork, stageOf } from "../training/planned.js";
import { type FromScratch, trainFromScratch } from "./scratch.js";

/** Trains the network of a run from random weights, and predicts with it. */
export async function trainScratch<Answers, Head extends Solved<Answers>, Facts, Result extends RunResult>(
  context: Context,
  task: TrainableTask<Answers, Head, Facts, Result>,
  { planned, fitted }: TrainedTask<Head>,
  more: Pick<FromScratch, "suffix" | "rate" | "decide"> = {},
): Promise<ScratchAnswers<Answers>> {
  const its = scratchContext(context);
  const { options, opened } = its;
  const fresh = opened.made?.fresh(planned.plain, options.seed ?? defaults.seed);
  const fit = await trainFromScratch(its, {
    blank: planned.plain,
    training: planned.scratch!,
    prepare: (model, plan, stage) => stageOf(its, model, plan, stage, "scratch"),
    transfer: effortOf(fitted),
    ...(fresh && { fresh }),
    ...more,
  });
  const weights = context.head?.savedWeights?.(fit.weights) ?? fit.weights;
  const model = withWeights(emptyNetwork(its), weights);
  return { ...fit, weights, answers: await task.predict(its, model, "baseline") };
}
