import { fitOfPlan } from "../methods/fit-plan.js";
import { type Fit, prepareFit } from "../train/fit.js";
import { fewestToStop } from "../train/perfect-validation.js";
import { pictureFeeds, stepsOf, validateOn } from "./feeds.js";
import type { StageOptions } from "./stage-options.js";

/** Whether the training may end once validation is perfect: no end of its own was set, and enough items choose. */
function mayStop({ plan, judged, validation, stopsWhenPerfect = false }: StageOptions): boolean {
  const { patience, plateau, keep, average } = plan;
  const own = patience !== undefined || plateau !== undefined || keep !== undefined || average !== undefined;
  return stopsWhenPerfect && !own && !judged && validation.items.length >= fewestToStop;
}

/** The plan, ready to run: step built and loaded. @throws OperatorError when a gradient cannot pass. */
export async function prepareStage(options: StageOptions): Promise<Fit> {
  const { plan, validation, classes } = options;
  if (plan.pairs) return (await import("./pairs-stage.js")).preparePairs(options, plan.pairs);
  const { inputs } = options.train;
  const lengths =
    inputs && (await import("./lengths-of.js")).lengthsOf(inputs, options.train.items, plan.batch);
  const train = { ...options.train, ...(lengths && { lengths }) };
  const whole = plan.batchNorm === "train";
  return prepareFit({
    runtime: options.runtime,
    model: plan.adaptation?.graph ?? options.model,
    ...fitOfPlan(plan, inputs !== undefined),
    ...(inputs && lengths && { lengths: { sizes: lengths, fill: inputs.fill }, items: inputs.unit }),
    stepsPerEpoch: stepsOf(train.items.length, plan.batch, whole),
    feeds: (epoch, from) => pictureFeeds(train, epoch, from, whole, plan.mix),
    validate: (evaluate) =>
      validateOn(evaluate, { ...validation, ...(options.signal && { signal: options.signal }) }, classes),
    ...(mayStop(options) && { stopWhenPerfect: validation.items.length }),
    ...options.judged,
    stage: options.stage,
    memoryBytes: options.memoryBytes,
    recompute: options.recompute,
    keepsWhatWasGood: true,
    ...(options.phase && { phase: options.phase }),
    ...(options.store && { store: options.store }),
    ...(options.checkpointSeconds !== undefined && { checkpointSeconds: options.checkpointSeconds }),
    ...(options.onEvent && { onEvent: options.onEvent }),
    ...(options.signal && { signal: options.signal }),
  });
}
