import { withWeights } from "../../bases/heads.js";
import type { Context } from "../context.js";
import type { RunResult, ScratchAnswers, Solved, TrainableTask } from "../trainable-task.js";
import type { TrainedTask } from "../trained-task.js";
import { effortOf } from "../training/kept-epoch.js";
import { stageOf } from "../training/planned.js";
import { type FromScratch, trainFromScratch } from "./scratch.js";

/** Trains the network of a run from random weights, and predicts with it. */
export async function trainScratch<Answers, Head extends Solved<Answers>, Facts, Result extends RunResult>(
  context: Context,
  task: TrainableTask<Answers, Head, Facts, Result>,
  { planned, probed, fitted }: TrainedTask<Head>,
  more: Pick<FromScratch, "suffix" | "rate" | "decide"> = {},
): Promise<ScratchAnswers<Answers>> {
  const fit = await trainFromScratch(context, {
    blank: planned.plain,
    training: planned.scratch!,
    prepare: (model, plan, stage) => stageOf(context, model, plan, stage, "scratch"),
    transfer: effortOf(fitted),
    ...more,
  });
  const weights = context.head?.savedWeights?.(fit.weights) ?? fit.weights;
  return { ...fit, weights, answers: await task.predict(context, withWeights(probed, weights), "baseline") };
}
