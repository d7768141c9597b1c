import type { Graph } from "../../graph/graph.js";
import type { Context } from "../../run/context.js";
import type { Role } from "../../run/trainable-task.js";
import { heldOf } from "../../run/training/planned.js";
import type { Validation } from "../../train/fit.js";
import { withEvaluator } from "../dense/predict-pictures.js";
import { answerMasks, type MaskAnswers } from "./mask-answers.js";
import { validateMasks } from "./mask-head.js";
import type { Segmenter } from "./segmenter.js";

/** Answers for the splits. */
export interface MaskPredictions {
  readonly test: MaskAnswers;
  /** Of the validation split. */
  readonly held?: MaskAnswers;
}

/** Predicts the test split; for the run's own model the validation split too. */
export async function predictMasks(
  context: Context,
  segmenter: Segmenter,
  model: Graph,
  role: Role,
): Promise<{ readonly answers: MaskPredictions; readonly validation?: Validation }> {
  const { signal } = context.options;
  return withEvaluator(context, model, async (evaluate) => {
    const test = await answerMasks(segmenter, evaluate, heldOf(context, "test"), "test", { signal });
    if (role !== "own") return { answers: { test } };
    const held = await validateMasks(segmenter, evaluate, heldOf(context, "validation"), signal);
    return { answers: { test, held: held.answers }, validation: held.validation };
  });
}
