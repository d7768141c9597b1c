import { withWeights } from "../bases/heads.js";
import type { Baseline } from "../core/events.js";
import type { Graph } from "../graph/graph.js";
import type { TrainingPlan } from "../methods/plan.js";
import { better } from "../train/better.js";
import type { Fit, FitResult } from "../train/fit.js";
import { freshWeights } from "../train/initialize.js";
import type { Context } from "./context.js";
import { type HeldSource, predictWith } from "./feeds.js";
import { defaults } from "./options.js";
import { type Predictions, scoresOf } from "./scores.js";

/** Train the same network from random weights, once as long and three times as long; the better by validation. */
export async function fromScratch(
  { options, dataset, runtime }: Context,
  blank: Graph,
  plans: readonly TrainingPlan[],
  prepare: (model: Graph, plan: TrainingPlan, stage: string) => Promise<Fit>,
  test: HeldSource,
): Promise<{ baseline: Baseline; predictions: Predictions }> {
  const fresh = withWeights(blank, freshWeights(blank, options.seed ?? defaults.seed));
  let best: { result: FitResult; plan: TrainingPlan } | undefined;
  let seconds = 0;
  for (const [i, plan] of plans.entries()) {
    const fit = await prepare(fresh, plan, i === 0 ? "scratch" : "scratch × 3");
    const result = await fit.run();
    await fit.dispose();
    seconds += result.seconds;
    if (!best || better(result.best, best.result.best)) best = { result, plan };
  }
  const model = withWeights(fresh, best!.result.weights);
  const predictions = await predictWith(runtime, model, test, dataset.classes.length, options.signal);
  return {
    baseline: { test: scoresOf(dataset.classes, predictions), seconds, recipe: best!.plan.words },
    predictions,
  };
}
