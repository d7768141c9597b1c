import { withWeights } from "../bases/heads.js";
import type { Baseline } from "../core/events.js";
import type { Graph } from "../graph/graph.js";
import type { TrainingPlan } from "../methods/plan.js";
import { better, type Decided, type Fit, type FitResult } from "../train/fit.js";
import { freshWeights } from "../train/initialize.js";
import type { Context } from "./context.js";
import { type HeldSource, predictWith } from "./feeds.js";
import { defaults } from "./options.js";
import { foundRate, toldDivergence } from "./rate-of.js";
import { type Predictions, scoresOf } from "./scores.js";

/** What the runs from scratch are told. */
export interface FromScratch {
  readonly blank: Graph;
  /** As long, and three times as long, at a rate. */
  readonly plans: (rate?: number) => readonly TrainingPlan[];
  readonly prepare: (model: Graph, plan: TrainingPlan, stage: string) => Promise<Fit>;
  readonly test: HeldSource;
  /** Behind the names of its stages, where it is not the run's own seed. */
  readonly suffix?: string;
  /** Where there is a budget: how many steps a plan may make. */
  readonly decide?: (plan: TrainingPlan, index: number) => Promise<Decided>;
}

/**
 * Train the same network from random weights, once as long and three times as long, at the rate of the run or, where
 * one was to be found, at one that is found for them; the better by validation.
 */
export async function fromScratch(
  context: Context,
  options: FromScratch,
): Promise<{ baseline: Baseline; predictions: Predictions }> {
  const { predictions, ...told } = await scratchAnswers(context, options);
  return { baseline: { test: scoresOf(context.dataset.classes, predictions), ...told }, predictions };
}

/** The same without scores: what the better one answers. */
export async function scratchAnswers(
  context: Context,
  { blank, plans, prepare, test, suffix = "", decide }: FromScratch,
): Promise<{ readonly predictions: Predictions; readonly seconds: number; readonly recipe: string }> {
  const { options, dataset, runtime } = context;
  const fresh = withWeights(blank, freshWeights(blank, options.seed ?? defaults.seed));
  let best: { result: FitResult; plan: TrainingPlan } | undefined;
  let seconds = 0;
  let rate: number | undefined;
  for (const i of plans().keys()) {
    const stage = `${i === 0 ? "scratch" : "scratch × 3"}${suffix}`;
    const fit = await prepare(fresh, plans(rate)[i]!, stage);
    if (options.lr === "find") rate ??= await foundRate(context, `scratch${suffix}`, fit);
    const plan = plans(rate)[i]!;
    const rates = plan.groups.map((group) => group.rate);
    const result = await fit.run(undefined, { rates, ...(decide && (await decide(plan, i))) });
    await toldDivergence(context, stage, fit, result);
    await fit.dispose();
    seconds += result.seconds;
    if (!best || better(result.best, best.result.best)) best = { result, plan };
  }
  const model = withWeights(fresh, best!.result.weights);
  const predictions = await predictWith(runtime, model, test, dataset.classes.length, options.signal);
  return { predictions, seconds, recipe: best!.plan.words };
}
