import { withWeights } from "../../bases/heads.js";
import { type FromScratch, type ScratchFit, trainFromScratch } from "../scratch.js";
import { answersWith } from "./answers-with.js";
import type { PlannedTags } from "./plan-tags.js";
import { type Tagging, tagStage } from "./stage.js";
import type { WordAnswers } from "./word-answers.js";

/** A training from scratch, and what it answers on the test set. */
export interface ScratchTags extends ScratchFit {
  readonly answers: WordAnswers;
}

/** Trains the same network from random weights. */
export async function scratchTags(
  tagging: Tagging,
  { blank, scratch }: Pick<PlannedTags, "blank" | "scratch">,
  more: Pick<FromScratch, "decide" | "suffix" | "rate" | "transfer"> = {},
): Promise<ScratchTags> {
  const fit = await trainFromScratch(tagging.context, {
    blank,
    training: scratch!,
    prepare: (net, plan, stage) => tagStage(tagging, net, plan, stage),
    ...more,
  });
  return { ...fit, answers: await answersWith(tagging, withWeights(blank, fit.weights)) };
}
