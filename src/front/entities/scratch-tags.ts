import { withWeights } from "../../bases/heads.js";
import type { EntityBaseline } from "../../core/entities.js";
import type { TrainingPlan } from "../../methods/plan.js";
import { better, type Decided, type FitResult } from "../../train/fit.js";
import { defaults } from "../options.js";
import { toldDivergence } from "../rate-of.js";
import { answersWith } from "./answers-with.js";
import type { PlannedTags } from "./plan-tags.js";
import { type Tagging, tagStage } from "./stage.js";
import { scoresOfAnswers, type WordAnswers } from "./word-answers.js";

/** What the runs from scratch are told beside their plans. */
export interface ScratchTags {
  /** Where there is a budget: how many steps a plan may make. */
  readonly decide?: (plan: TrainingPlan, index: number) => Promise<Decided>;
  /** Behind the names of its stages, where it is not the run's own seed. */
  readonly suffix?: string;
}

/** The same network from random weights, once as long and three times as long; the better by validation. */
export async function scratchTags(
  tagging: Tagging,
  { blank, scratch }: PlannedTags,
  { decide, suffix = "" }: ScratchTags = {},
): Promise<{
  readonly baseline: EntityBaseline;
  readonly answers: WordAnswers;
  /** Its validation F1. */
  readonly validation: number;
}> {
  const { context } = tagging;
  const { freshWeights } = await import("../../train/initialize.js");
  const fresh = withWeights(blank, freshWeights(blank, context.options.seed ?? defaults.seed));
  let best: { result: FitResult; plan: TrainingPlan } | undefined;
  let seconds = 0;
  for (const [i, plan] of scratch.entries()) {
    const stage = `${i === 0 ? "scratch" : "scratch × 3"}${suffix}`;
    const fit = await tagStage(tagging, fresh, plan, stage);
    const result = await fit.run(undefined, decide && (await decide(plan, i)));
    await toldDivergence(context, stage, fit, result);
    await fit.dispose();
    seconds += result.seconds;
    if (!best || better(result.best, best.result.best)) best = { result, plan };
  }
  const answers = await answersWith(tagging, withWeights(fresh, best!.result.weights));
  return {
    answers,
    validation: best!.result.best.score,
    baseline: { test: scoresOfAnswers(tagging.data, answers), seconds, recipe: best!.plan.words },
  };
}
