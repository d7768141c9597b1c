import { arePictures } from "../../data/index.js";
import { fitOfPlan } from "../../methods/fit-plan.js";
import { fewestToStop } from "../../train/epochs/perfect-validation.js";
import { type Fit, type FitOptions, prepareFit } from "../../train/fit.js";
import { epochFeeds, stepsOf } from "./feeds.js";
import type { StageOptions } from "./stage-options.js";

/**
 * Returns what ends the training before its last epoch: a perfect validation of classes, and epochs without improvement.
 * Nothing if another end was set, or with too few validation items. The patience is a third of the epochs, at least 5; none
 * if layers begin to train later, because validation may wait for them.
 */
export function endOf({
  plan,
  head,
  validation,
  endsEarly = false,
  pretrained = false,
}: Pick<StageOptions, "plan" | "head" | "validation" | "endsEarly" | "pretrained">): Pick<
  FitOptions,
  "patience" | "stopWhenPerfect"
> {
  const { patience, plateau, keep, average, groups, epochs } = plan;
  const own = patience !== undefined || plateau !== undefined || keep !== undefined || average !== undefined;
  if (!endsEarly || own || validation.items.length < fewestToStop) return {};
  const waits = groups.some(({ from = 0 }) => from > 0);
  return {
    ...(pretrained && !waits && { patience: Math.max(5, Math.ceil(epochs / 3)) }),
    ...(head.endsWhenPerfect && { stopWhenPerfect: validation.items.length }),
  };
}

/** Prepares the plan: builds and loads its step. @throws OperatorError if a gradient cannot pass */
export async function prepareStage(options: StageOptions): Promise<Fit> {
  const { plan, validation, head, signal } = options;
  if (plan.pairs) return (await import("./pairs-stage.js")).preparePairs(options, plan.pairs);
  const { inputs } = options.train;
  const rows = arePictures(inputs) ? undefined : inputs;
  const lengths =
    rows &&
    !rows.uniform &&
    (await import("./lengths-of.js")).lengthsOf(rows, options.train.items, plan.batch);
  const train = { ...options.train, ...(lengths && { lengths }) };
  const whole = plan.batchNorm === "train";
  return prepareFit({
    runtime: options.runtime,
    model: plan.adaptation?.graph ?? options.model,
    ...fitOfPlan(plan, rows !== undefined && rows.blended === undefined),
    items: inputs.unit,
    lengths: rows && lengths ? { sizes: lengths, fill: rows.fill } : undefined,
    stepsPerEpoch: stepsOf(train.items.length, plan.batch, whole),
    feeds: (epoch, from) => epochFeeds(train, epoch, from, whole, plan.mix),
    ...options.streams,
    validate: options.validate ?? ((evaluate) => head.validate(evaluate, validation, signal)),
    ...endOf(options),
    ...(head.objective && { objective: head.objective(plan, lengths ? Math.max(...lengths) : 0) }),
    metric: head.metric,
    guessing: head.guessing,
    stage: options.stage,
    memoryBytes: options.memoryBytes,
    recompute: options.recompute,
    keepsWhatWasGood: true,
    ...(options.lowersRate === true &&
      validation.items.length > 0 && { lowersRate: validation.items.length }),
    phase: options.phase,
    store: options.store,
    extensions: options.extensions,
    checkpointSeconds: options.checkpointSeconds,
    onEvent: options.onEvent,
    signal,
  });
}
