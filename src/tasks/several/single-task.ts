import { withHead, withWeights } from "../../bases/heads.js";
import { roundedAs, storedAs } from "../../bases/weight-storage.js";
import type { TaskResult } from "../../core/events/events.js";
import { message, recipeFields } from "../../core/messages/message.js";
import type { Tensor } from "../../core/tensor.js";
import { copySample } from "../../data/copy-sample.js";
import type { TaskData } from "../../data/index.js";
import { correctOf, factsOf, type Predictions, scoresOf } from "../../evaluate/class-predictions.js";
import type { Graph } from "../../graph/graph.js";
import type { TrainingPlan } from "../../methods/plan.js";
import type { Probe } from "../../methods/probe/index.js";
import { defaults } from "../../options/options.js";
import type { Context } from "../../run/context.js";
import { fedBy } from "../../run/setup.js";
import { predictWith } from "../../run/training/feeds.js";
import { classesHead, type OfClasses } from "../../run/training/head-of-classes.js";
import { heldOf, itemsOf, networkOf, stageOf } from "../../run/training/planned.js";
import { reportDivergence } from "../../run/training/rate-of.js";
import { majorityBaseline } from "../classes/trivial-baselines.js";
import type { ClassUnit } from "../inputs/open-class-data.js";

/** The separate training of one of several tasks, on its own samples and classes. */
export interface SingleTask {
  readonly name: string;
  readonly context: OfClasses;
  readonly model: Graph;
  /** Missing if only a head is solved. */
  readonly plan?: TrainingPlan;
}

/** Plans a separate training of each task by the same strategy. */
export function planSingleTasks(
  { besides: _, ...context }: Context,
  { tasks, items }: TaskData,
): Promise<readonly SingleTask[]> {
  return Promise.all(
    tasks.map(async ({ name, classes }, t) => {
      const samples = items
        .filter(({ labels }) => labels[t]! >= 0)
        .map((item) => copySample(item, { label: item.labels[t]! }));
      const dataset = { ...context.dataset, classes, items: samples };
      const taskContext: OfClasses = {
        ...context,
        dataset,
        training: { ...context.training, head: classesHead(dataset) },
      };
      const { blank, planner, own } = await networkOf(taskContext);
      const plan = context.options.strategy === "probe" ? undefined : planner(blank, own);
      return { name, context: taskContext, model: blank, plan };
    }),
  );
}

/** Trains a task separately, and compares it with the joint training of all tasks. */
export async function compareSingleTask(
  { name, context, model: blank, plan }: SingleTask,
  t: number,
  {
    unit,
    probe,
    probed,
    together,
    keptStart,
  }: Readonly<Record<"probed" | "together", Predictions>> & {
    readonly unit: ClassUnit;
    readonly probe: Probe;
    /** True if no epoch of the joint training improved on its start. */
    readonly keptStart: boolean;
  },
  features: number,
): Promise<Pick<TaskResult, "baseline" | "baselines" | "verdict">> {
  const { opened, options, machine, dataset } = context;
  const { classes } = dataset;
  let net = withHead(opened.body, classes.length, probe);
  let seconds = features;
  let isStart = false;
  if (plan) {
    const start = new Map<string, Tensor>(
      [...net.initializers].filter(([v]) => !opened.body.graph.initializers.has(v)),
    );
    const stage = `${name} alone`;
    // With a fixed number of epochs there is no early stopping: both trainings are equally long.
    const fixedLength = { ...context, options: { ...options, epochs: plan.epochs } };
    const fit = await stageOf(fixedLength, blank, plan, stage, "scratch", `task ${t + 1}`);
    const done = await fit.run(start);
    await reportDivergence(context, stage, fit, done, start);
    await fit.dispose();
    seconds = done.seconds;
    isStart = done.bestEpoch === 0;
    net = withWeights(net, done.weights);
  }
  const stored = storedAs(net, options.weights ?? defaults.weights, opened.base.imported.storedAs);
  const fed = fedBy(opened, roundedAs(net, stored));
  const logits = await predictWith(
    machine.runtime,
    fed,
    heldOf(context, "test"),
    classes.length,
    options.signal,
  );
  const predictions = { logits, ...factsOf(itemsOf(context, "test")) };
  const correct = (one: Predictions): number[] => correctOf(one, classes.length).map(Number);
  const { compareTrainings } = await import("../../evidence/compare-trainings.js");
  const solved = [message("linear-model", { model: "logistic", inputs: "features" })];
  return {
    baseline: { test: scoresOf(classes, predictions), seconds, ...recipeFields(plan?.recipe ?? solved) },
    baselines: {
      majority: majorityBaseline(context).baseline,
      ...(plan && { probe: { test: scoresOf(classes, probed), seconds: features, ...recipeFields(solved) } }),
    },
    verdict: compareTrainings({
      a: [correct(together)],
      b: [correct(predictions)],
      items: unit,
      repeatable: false,
      groups: predictions.groups,
      subject: "together",
      keptStart: { a: keptStart, b: isStart },
    }),
  };
}
