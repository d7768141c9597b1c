import { withWeights } from "../bases/heads.js";
import type { ScratchTried } from "../core/beside-events.js";
import type { Baseline } from "../core/events.js";
import type { Graph } from "../graph/graph.js";
import type { TrainingPlan } from "../methods/plan.js";
import type { Weights } from "../train/average-weights.js";
import { better, type Decided, type Fit, type FitResult, type Validation } from "../train/fit.js";
import { freshWeights } from "../train/initialize.js";
import type { Context } from "./context.js";
import { type HeldSource, predictWith } from "./feeds.js";
import { namedValidation } from "./old-fields.js";
import { defaults } from "./options.js";
import { itemsOf } from "./planned.js";
import { foundRate, toldDivergence } from "./rate-of.js";
import type { ClassRivals } from "./rivals.js";
import { type Predictions, scoresOf } from "./scores.js";
import { scratchLengths, scratchRateFrom } from "./scratch-rate.js";

/** What the runs from scratch are told. */
export interface FromScratch {
  readonly blank: Graph;
  /** As long, and three times as long, at a rate. */
  readonly plans: (rate?: number) => readonly TrainingPlan[];
  readonly prepare: (model: Graph, plan: TrainingPlan, stage: string) => Promise<Fit>;
  readonly test: HeldSource;
  /** Behind the names of its stages, where it is not the run's own seed. */
  readonly suffix?: string;
  /** The rate that was found with the run's own seed: another seed is trained the same way. */
  readonly rate?: number;
  /** Where there is a budget: how many steps a plan may make. */
  readonly decide?: (plan: TrainingPlan, index: number) => Promise<Decided>;
}

/** The better of the runs from scratch. */
export interface ScratchRun {
  readonly baseline: Baseline;
  readonly predictions: Predictions;
  readonly best: Validation;
  /** Every weight of the network, those that nothing trained among them. */
  readonly weights: Weights;
  /** The rate that was found; missing where none was. */
  readonly rate?: number;
  /** What the verdict of several seeds compares with, too. */
  readonly rivals?: ClassRivals;
}

/**
 * Train the same network from random weights, once as long and three times as long, at a rate that is found for them where
 * that is worth its time ({@link scratchRateFrom}); the better by validation.
 */
export async function fromScratch(context: Context, options: FromScratch): Promise<ScratchRun> {
  const { told, ...run } = await scratchAnswers(context, options);
  return { ...run, baseline: { test: scoresOf(context.dataset.classes, run.predictions), ...told } };
}

/** The same without scores: what the better one answers, and what is told of both. */
export async function scratchAnswers(
  context: Context,
  { blank, plans, prepare, test, suffix = "", decide, ...given }: FromScratch,
): Promise<Omit<ScratchRun, "baseline"> & { readonly told: Omit<Baseline, "test"> }> {
  const { options, dataset, runtime } = context;
  const fresh = freshWeights(blank, options.seed ?? defaults.seed);
  const model = withWeights(blank, fresh);
  const from = scratchRateFrom(options, plans()[0]!, itemsOf(context, "train").length);
  const runs: { readonly result: FitResult; readonly plan: TrainingPlan }[] = [];
  let { rate } = given;
  for (const i of plans().keys()) {
    const stage = `${i === 0 ? "scratch" : "scratch × 3"}${suffix}`;
    const fit = await prepare(model, plans(rate)[i]!, stage);
    if (from === "finder") rate ??= await foundRate(context, `scratch${suffix}`, fit);
    const plan = plans(rate)[i]!;
    const rates = plan.groups.map((group) => group.rate);
    const result = await fit.run(undefined, { rates, ...(decide && (await decide(plan, i))) });
    await toldDivergence(context, stage, fit, result);
    await fit.dispose();
    runs.push({ result, plan });
  }
  const best = runs.reduce((a, b) => (better(b.result.best, a.result.best) ? b : a));
  const weights = new Map([...fresh, ...best.result.weights]);
  const predictions = await predictWith(
    runtime,
    withWeights(blank, weights),
    test,
    dataset.classes.length,
    options.signal,
  );
  const tried = runs.map(
    ({ result, plan }, i): ScratchTried => ({
      recipe: plan.words,
      times: scratchLengths[i]!,
      rate: plan.groups[0]!.rate,
      rate_from: from,
      steps: result.steps,
      seconds: result.seconds,
      best_epoch: result.bestEpoch,
      validation: namedValidation("accuracy", result.best),
      kept: plan === best.plan,
    }),
  );
  const seconds = runs.reduce((sum, { result }) => sum + result.seconds, 0);
  return {
    told: { seconds, recipe: best.plan.words, tried },
    predictions,
    best: best.result.best,
    weights,
    ...(from === "finder" && rate !== undefined && { rate }),
  };
}
