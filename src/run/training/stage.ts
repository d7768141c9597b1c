import { fitOfPlan } from "../../methods/fit-plan.js";
import { fewestToStop } from "../../train/epochs/perfect-validation.js";
import { type Fit, prepareFit } from "../../train/fit.js";
import { pictureFeeds, stepsOf, validateOn } from "./feeds.js";
import type { StageOptions } from "./stage-options.js";

/**
 * True if the training may end once validation is perfect: no other end was set, and there are enough validation items.
 */
function mayStop({ plan, head, validation, stopsWhenPerfect = false }: StageOptions): boolean {
  const { patience, plateau, keep, average } = plan;
  const own = patience !== undefined || plateau !== undefined || keep !== undefined || average !== undefined;
  return stopsWhenPerfect && !own && !head && validation.items.length >= fewestToStop;
}

/** Prepares the plan: builds and loads its step. @throws OperatorError if a gradient cannot pass */
export async function prepareStage(options: StageOptions): Promise<Fit> {
  const { plan, validation, classes, head, signal } = options;
  if (plan.pairs) return (await import("./pairs-stage.js")).preparePairs(options, plan.pairs);
  const { inputs } = options.train;
  const lengths =
    inputs &&
    !inputs.uniform &&
    (await import("./lengths-of.js")).lengthsOf(inputs, options.train.items, plan.batch);
  const train = { ...options.train, ...(lengths && { lengths }) };
  const whole = plan.batchNorm === "train";
  return prepareFit({
    runtime: options.runtime,
    model: plan.adaptation?.graph ?? options.model,
    ...fitOfPlan(plan, inputs !== undefined),
    ...(inputs && { items: inputs.unit }),
    ...(inputs && lengths && { lengths: { sizes: lengths, fill: inputs.fill } }),
    stepsPerEpoch: stepsOf(train.items.length, plan.batch, whole),
    feeds: (epoch, from) => pictureFeeds(train, epoch, from, whole, plan.mix),
    ...options.streams,
    validate:
      options.validate ??
      ((evaluate) =>
        head
          ? head.validate(evaluate, validation, signal)
          : validateOn(evaluate, { ...validation, ...(signal && { signal }) }, classes)),
    ...(mayStop(options) && { stopWhenPerfect: validation.items.length }),
    ...(head && {
      objective: head.objective(plan, lengths ? Math.max(...lengths) : 0),
      metric: head.metric,
    }),
    ...(head?.guessing && { guessing: head.guessing }),
    stage: options.stage,
    memoryBytes: options.memoryBytes,
    recompute: options.recompute,
    keepsWhatWasGood: true,
    ...(options.phase && { phase: options.phase }),
    ...(options.store && { store: options.store }),
    ...(options.checkpointSeconds !== undefined && { checkpointSeconds: options.checkpointSeconds }),
    ...(options.onEvent && { onEvent: options.onEvent }),
    ...(signal && { signal }),
  });
}
