import { withWeights } from "../../bases/heads.js";
import { type Context, scratchContext } from "../context.js";
import type { RunResult, ScratchAnswers, Solved, TrainableTask } from "../trainable-task.js";
import type { TrainedTask } from "../trained-task.js";
import { emptyNetwork } from "../training/planned.js";
import { type ComparedHow, fromScratch } from "./comparison.js";

/** Trains the model that a run is compared with, and predicts with it. */
export async function trainComparison<Answers, Head extends Solved<Answers>, Facts, Result extends RunResult>(
  context: Context,
  task: TrainableTask<Answers, Head, Facts, Result>,
  run: TrainedTask<Head>,
  how: ComparedHow,
): Promise<ScratchAnswers<Answers>> {
  const fit = await (task.comparison ?? fromScratch).train(context, run, how);
  const its = scratchContext(context);
  const model = withWeights(emptyNetwork(its), fit.weights);
  return { ...fit, answers: await task.predict(its, model, "baseline") };
}
