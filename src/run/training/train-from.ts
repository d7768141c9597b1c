import { withPixels } from "../../bases/pixels.js";
import type { TrainableEvent, TrainResultEvent } from "../../core/events/events.js";
import type { Tensor } from "../../core/tensor.js";
import type { Graph } from "../../graph/graph.js";
import { extract } from "../../graph/surgery/index.js";
import { stepsOfEpoch } from "../../methods/epoch-steps.js";
import type { PlanRequest, TrainingPlan } from "../../methods/plan.js";
import { rowOf } from "../../methods/registry.js";
import { relationshipName, relationshipOf } from "../../methods/regularised/co-tuning.js";
import { defaults } from "../../options/options.js";
import type { Fit, FitResult } from "../../train/fit.js";
import type { FromScratch } from "../baselines/scratch.js";
import type { Context } from "../context.js";
import { decideOnce } from "../folder/decide-once.js";
import type { Expected } from "../forecast/measure.js";
import { budgetOf, scratchWithin } from "./budgeted.js";
import { predictWith } from "./feeds.js";
import { heldOf, itemsOf, type Planned, stageOf } from "./planned.js";
import { foundRate, reportDivergence } from "./rate-of.js";
import { noClass } from "./train-source.js";

/** Start of a training, and its measurements. */
export interface TrainFrom {
  readonly planned: Pick<Planned, "blank" | "replan" | "oldScores">;
  readonly trained: NonNullable<Planned["trained"]>;
  /** The model with the probe's head. */
  readonly probed: Graph;
  /** `performance.now()` when the run began. */
  readonly begin: number;
  readonly expected: Expected;
  /** 0: the training is left out if a budget has no time for it. Default 1. */
  readonly fewest?: 0 | 1;
  /** Builds and loads the training of a plan again. Default: that of items with one label each. */
  readonly prepare?: (plan: TrainingPlan, stage: string) => Promise<Fit>;
  /** Reports which groups train, at which rates. */
  readonly reportGroups: (groups: TrainableEvent["groups"]) => void;
}

/** A training, and its decisions. */
export interface Trained extends FitResult {
  /** The rate that the finder chose, if requested. */
  readonly rate?: number;
  readonly divergence?: TrainResultEvent["diverged"];
  /** Initial weights besides the base's, and decisions about its plan: repeats with other seeds use the same. */
  readonly start: ReadonlyMap<string, Tensor>;
  readonly asked: Pick<Partial<PlanRequest>, "rate">;
  /** Returns how long the training from scratch may take; missing without a budget. */
  readonly decide?: FromScratch["decide"];
}

/**
 * Trains from the probe's solution. If requested, first finds a rate and determines the number of steps.
 * @returns undefined if a budget leaves the training out
 */
export async function trainFrom(context: Context, from: TrainFrom): Promise<Trained | undefined> {
  const { options, opened, run } = context;
  const { planned, trained, probed, reportGroups } = from;
  const { stage } = trained;
  const prepare = from.prepare ?? ((its, name) => stageOf(context, planned.blank, its, name, "training"));
  let { fit, plan } = trained;
  const start = new Map<string, Tensor>(
    [...probed.initializers].filter(([v]) => !opened.body.graph.initializers.has(v)),
  );
  const { oldScores } = planned;
  if (oldScores !== undefined && rowOf(options.strategy ?? defaults.strategy).relationship)
    start.set(relationshipName, await relationship(context, oldScores));
  const rate = options.lr === "find" ? await foundRate(context, stage, fit, start) : undefined;
  const requestedRate = rate === undefined ? {} : { rate };
  if (rate !== undefined) plan = planned.replan(requestedRate);
  const budget = budgetOf(context, from, "trained");
  const length = budget && (await decideOnce(run, `length of ${stage}`, async () => budget(plan, "run")));
  if (length?.steps === 0) {
    await fit.dispose();
    (await import("./phases.js")).warnOfCutTraining(context);
    return undefined;
  }
  if (length) {
    const whole = planned.replan({ ...requestedRate, epochs: epochsOf(context, plan, length.steps) });
    if (!sameStep(plan, whole)) {
      await fit.dispose();
      fit = await prepare(whole, stage);
    }
    plan = whole;
  }
  if (rate !== undefined || length) reportGroups(plan.groups);
  const fitted = await fit.run(start, { rates: plan.groups.map((g) => g.rate), ...length });
  const { rateShare } = fitted;
  if (rateShare !== undefined) reportGroups(plan.groups.map((g) => ({ ...g, rate: g.rate * rateShare })));
  const divergence = await reportDivergence(context, stage, fit, fitted, start);
  await fit.dispose();
  return {
    ...fitted,
    start,
    asked: requestedRate,
    rate,
    divergence,
    decide: budget && scratchWithin(context, budget),
  };
}

function epochsOf(context: Context, plan: TrainingPlan, steps: number): number {
  const examples = itemsOf(context, "train").length;
  if (plan.pairs) return Math.max(1, Math.ceil(steps / stepsOfEpoch(plan, examples)));
  return Math.max(1, Math.ceil((steps * plan.batch) / examples));
}

/** Do two plans train the same weights in the same groups, from the same epochs on? */
function sameStep(a: TrainingPlan, b: TrainingPlan): boolean {
  const of = ({ trainable, groups, schedule }: TrainingPlan) =>
    JSON.stringify([trainable, groups.map((g) => g.from ?? 0), schedule]);
  return of(a) === of(b);
}

/** Which of the base's classes each class resembles, from the base's answers to the training pictures. */
async function relationship(context: Context, oldScores: string): Promise<Tensor> {
  const { opened, machine, options, dataset, training } = context;
  const { imported, preprocessing } = opened.base;
  const old = imported.graph.typeOf(oldScores).shape![1] as number;
  const answering = withPixels(extract(imported.graph, [oldScores]), preprocessing);
  const train = heldOf(context, "train");
  const logits = await predictWith(machine.runtime, answering, train, old, options.signal);
  const labels = Int32Array.from(train.items, training.head.classOf ?? noClass);
  return relationshipOf(logits, labels, dataset.classes.length);
}
