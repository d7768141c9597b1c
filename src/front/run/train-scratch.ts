import { withWeights } from "../../bases/heads.js";
import type { ScratchTried } from "../../core/beside-events.js";
import type { TrainingPlan } from "../../methods/plan.js";
import { better, type Decided, type FitResult } from "../../train/fit.js";
import { freshWeights } from "../../train/initialize.js";
import type { Context } from "../context.js";
import { namedValidation } from "../old-fields.js";
import { defaults } from "../options.js";
import { itemsOf, stageOf } from "../planned.js";
import { foundRate, toldDivergence } from "../rate-of.js";
import { scratchLengths, scratchRateFrom } from "../scratch-rate.js";
import type { TrainedTask } from "./train-task.js";
import type { RunResult, ScratchAnswers, Solved, TrainableTask } from "./trainable-task.js";

/** What differs between the runs from scratch of one run. */
interface ScratchOptions {
  /** Suffix of its stages, for another seed than the run's own. */
  readonly suffix?: string;
  /** The rate that was found with the run's own seed. */
  readonly rate?: number;
  /** How many steps a plan may make in a run with a budget. */
  readonly decide?: (plan: TrainingPlan, index: number) => Promise<Decided>;
}

/**
 * Trains the same network from random weights, once as long and three times as long as the run, and returns the better by
 * validation with its predictions.
 */
export async function trainScratch<Answers, Head extends Solved<Answers>, Facts, Result extends RunResult>(
  context: Context,
  task: TrainableTask<Answers, Head, Facts, Result>,
  { planned: { plain, scratch: plans }, probed }: Pick<TrainedTask<Head>, "planned" | "probed">,
  { suffix = "", decide, ...given }: ScratchOptions = {},
): Promise<ScratchAnswers<Answers>> {
  const { options } = context;
  const fresh = freshWeights(plain, options.seed ?? defaults.seed);
  const model = withWeights(plain, fresh);
  const from = scratchRateFrom(options, plans()[0]!, itemsOf(context, "train").length);
  const runs: { readonly result: FitResult; readonly plan: TrainingPlan }[] = [];
  let { rate } = given;
  for (const i of plans().keys()) {
    const stage = `${i === 0 ? "scratch" : "scratch × 3"}${suffix}`;
    const fit = await stageOf(context, model, plans(rate)[i]!, stage, "scratch");
    if (from === "finder") rate ??= await foundRate(context, `scratch${suffix}`, fit);
    const plan = plans(rate)[i]!;
    const rates = plan.groups.map((group) => group.rate);
    const result = await fit.run(undefined, { rates, ...(decide && (await decide(plan, i))) });
    await toldDivergence(context, stage, fit, result);
    await fit.dispose();
    runs.push({ result, plan });
  }
  const best = runs.reduce((a, b) => (better(b.result.best, a.result.best) ? b : a));
  const all = new Map([...fresh, ...best.result.weights]);
  const weights = context.head?.savedWeights?.(all) ?? all;
  const answers = await task.predict(context, withWeights(probed, weights), "baseline");
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
    answers,
    best: best.result.best,
    weights,
    ...(from === "finder" && rate !== undefined && { rate }),
  };
}
