import type { OnEvent } from "../core/events.js";
import type { Graph } from "../graph/graph.js";
import { fitOfPlan } from "../methods/fit-plan.js";
import type { TrainingPlan } from "../methods/plan.js";
import type { Runtime } from "../runtime/runtime.js";
import { type CheckpointStore, type Fit, prepareFit } from "../train/fit.js";
import type { Recompute } from "../train/step-room.js";
import { type HeldSource, type PictureSource, pictureFeeds, stepsOf, validateOn } from "./feeds.js";

/** One training of a model on pictures, by a plan. */
export interface StageOptions {
  readonly runtime: Runtime;
  /** pixels -> logits */
  readonly model: Graph;
  readonly plan: TrainingPlan;
  readonly train: PictureSource;
  readonly validation: HeldSource;
  readonly classes: readonly string[];
  /** Name in events and of its checkpoint. */
  readonly stage: string;
  readonly phase?: "training" | "scratch";
  readonly store?: CheckpointStore;
  readonly checkpointSeconds?: number;
  /** Bytes that it may take. */
  readonly memoryBytes: number;
  readonly recompute: Recompute;
  readonly onEvent?: OnEvent;
  readonly signal?: AbortSignal;
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
    ...fitOfPlan(plan),
    ...(inputs && lengths && { lengths: { sizes: lengths, fill: inputs.fill }, items: inputs.unit }),
    stepsPerEpoch: stepsOf(train.items.length, plan.batch, whole),
    feeds: (epoch, from) => pictureFeeds(train, epoch, from, whole, plan.mix),
    validate: (evaluate) =>
      validateOn(evaluate, { ...validation, ...(options.signal && { signal: options.signal }) }, classes),
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
