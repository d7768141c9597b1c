import type { OnFit } from "../../core/events/work-events.js";
import type { Graph } from "../../graph/graph.js";
import type { TrainingPlan } from "../../methods/plan.js";
import type { Runtime } from "../../runtime/runtime.js";
import type { CheckpointStore, FitOptions } from "../../train/fit.js";
import type { Recompute } from "../../train/step/step-room.js";
import type { Streams, TrainingHead } from "../context.js";
import type { HeldSource, TrainSource } from "./train-source.js";

/** A training of a model by a plan. */
export interface StageOptions {
  readonly runtime: Runtime;
  /** pixels -> logits */
  readonly model: Graph;
  readonly plan: TrainingPlan;
  readonly train: TrainSource;
  readonly validation: HeldSource;
  readonly classes: readonly string[];
  /** True if the number of epochs is a limit: validation may end the training. Default false. */
  readonly endsEarly?: boolean;
  /** True if the weights are pretrained: early stopping has a default patience. Default false. */
  readonly pretrained?: boolean;
  /** True if the program chose rates that may be too high for this base. Default false. */
  readonly lowersRate?: boolean;
  /** Name in events and of its checkpoint. */
  readonly stage: string;
  readonly phase?: "training" | "scratch";
  readonly store?: CheckpointStore;
  /** As in {@link FitOptions}. */
  readonly extensions?: FitOptions["extensions"];
  readonly checkpointSeconds?: number;
  readonly head: TrainingHead;
  /** What feeds the steps. Default: the batches of `train`. */
  readonly streams?: Streams;
  /** Scores an epoch. Default: the validation of the head. */
  readonly validate?: FitOptions["validate"];
  /** Bytes that it may use. */
  readonly memoryBytes: number;
  readonly recompute: Recompute;
  readonly onEvent?: OnFit;
  readonly signal?: AbortSignal;
}
