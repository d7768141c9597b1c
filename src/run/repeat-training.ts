import { withWeights } from "../bases/heads.js";
import { roundedAs, type storedAs } from "../bases/weight-storage.js";
import type { Graph } from "../graph/graph.js";
import type { PlanRequest, TrainingPlan } from "../methods/plan.js";
import { defaults } from "../options/options.js";
import type { Weights } from "../train/epochs/average-weights.js";
import type { Fit } from "../train/fit.js";
import type { Context } from "./context.js";
import { startsRandom } from "./setup.js";
import { trainedModel } from "./trained-model.js";
import { reportDivergence } from "./training/rate-of.js";
import type { Trained } from "./training/train-from.js";

/** A run's own training, with what is needed to repeat it. */
export interface Repeatable {
  readonly planned: {
    readonly blank: Graph;
    readonly trained?: { readonly stage: string } | undefined;
    readonly replan: (change: Partial<PlanRequest>) => TrainingPlan;
  };
  /** The model with the probe's head, and how its file stores weights. */
  readonly probed: Graph;
  readonly stored: ReturnType<typeof storedAs>;
  /** Missing for a probe: it is solved, and no seed changes it. */
  readonly fitted?: Trained;
}

/**
 * Repeats a run's training with the context's seed, from the same start.
 *
 * @param prepare builds and loads the training of a plan, as a stage of this name
 * @param suffix of the stage's name
 * @returns the model as its file would store it; undefined if no seed changes it
 */
export async function repeatTraining(
  context: Context,
  { planned, probed, stored, fitted }: Repeatable,
  suffix: string,
  prepare: (blank: Graph, plan: TrainingPlan, stage: string) => Promise<Fit>,
): Promise<Graph | undefined> {
  const { trained, blank } = planned;
  if (!trained || !fitted) return undefined;
  const { seed = defaults.seed } = context.options;
  const plan = planned.replan({ ...fitted.asked, seed });
  const stage = `${trained.stage}${suffix}`;
  // Each seed has its own random weights: all if nothing is pretrained.
  const { opened, head } = context;
  const fresh = startsRandom(opened) ? opened.made?.fresh(blank, seed) : head?.freshHead?.(blank, seed);
  const start = fresh ? new Map([...fitted.start, ...onlyOf(fresh, fitted.start)]) : fitted.start;
  const fit = await prepare(fresh ? withWeights(blank, fresh) : blank, plan, stage);
  const result = await fit.run(start, { rates: plan.groups.map((g) => g.rate) });
  await reportDivergence(context, stage, fit, result, start);
  await fit.dispose();
  const { model } = await trainedModel(context, fresh ? withWeights(probed, fresh) : probed, result, plan);
  return roundedAs(model, stored);
}

/** Returns the weights whose names are in another map. */
const onlyOf = (weights: Weights, names: ReadonlyMap<string, unknown>): Weights =>
  new Map([...weights].filter(([name]) => names.has(name)));
