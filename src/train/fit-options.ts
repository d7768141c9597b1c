import type { ChosenForms } from "../autodiff/rules/conv-forms.js";
import type { EarlyStopping, EpochEvent, ItemUnit, PacedSteps } from "../core/events/events.js";
import type { OnFit } from "../core/events/work-events.js";
import type { MetricName, Validation } from "../core/results/metric.js";
import type { Tensor } from "../core/tensor.js";
import type { Graph } from "../graph/graph.js";
import type { Value } from "../graph/node.js";
import type { Schedule, Transform } from "../optim/index.js";
import type { Runtime } from "../runtime/runtime.js";
import type { AveragePlan, AverageReport } from "./epochs/average-weights.js";
import type { Checkpoint } from "./epochs/checkpoint.js";
import type { Guessing } from "./epochs/divergence.js";
import type { Plateau } from "./epochs/plateau.js";
import type { StepFeeds } from "./loop.js";
import type { Objective } from "./objectives/objective.js";
import type { TrainableValue } from "./step/step.js";
import type { Recompute } from "./step/step-room.js";

/** Storage of the checkpoint from which a killed fit resumes. */
export interface CheckpointStore {
  load(): Promise<Checkpoint | undefined>;
  save(checkpoint: Checkpoint): Promise<void>;
  /** The forms of gradients chosen at the start: other forms would change the last bits. */
  readonly forms?: {
    load(): Promise<ChosenForms | undefined>;
    save(forms: ChosenForms): Promise<void>;
  };
}

/** How much longer a finished fit trains: whole epochs, or a time in seconds. */
export type Extension = { readonly epochs: number } | { readonly seconds: number };

export interface FitOptions {
  readonly runtime: Runtime;
  /** Data in, logits out; training starts from its weights. */
  readonly model: Graph;
  /**
   * Lengths of the rows of the model's input, int32[batch, length], in a step; `fill` pads shorter rows. With
   * `objective.positions` each token has a label.
   */
  readonly lengths?: { readonly sizes: readonly number[]; readonly fill: number };
  readonly trainable: readonly TrainableValue[];
  readonly objective: Objective;
  readonly optimizer: Transform;
  readonly batchNorm: "frozen" | "train";
  readonly clipNorm?: number;
  /** Decay of a running average of the weights, which is then validated and kept. Default: no average. */
  readonly ema?: number;
  /** Gradient accumulation: steps per update of the weights. Default 1. */
  readonly accumulate?: number;
  /** Radius ρ of sharpness-aware minimisation. Default: none. */
  readonly sam?: number;
  /** How the weights of several epochs are combined. Default: the best epoch is kept. */
  readonly average?: AveragePlan;
  readonly schedule: Schedule;
  /** Peak rate of each group. */
  readonly rates: readonly number[];
  /** Number of epochs before each group starts training. Default: all train from the first on. */
  readonly fromEpochs?: readonly number[];
  readonly epochs: number;
  readonly batch: number;
  /** Unit of a batch, for the rate per second in events. Default "pictures". */
  readonly items?: ItemUnit;
  readonly stepsPerEpoch: number;
  /** Returns the feeds of steps `from` … `stepsPerEpoch - 1` of an epoch, the same on every call. */
  readonly feeds: (epoch: number, from: number) => AsyncIterable<StepFeeds>;
  readonly validate: (evaluator: Evaluator) => Promise<Validation>;
  /** Metric of the validation score. Default "accuracy". */
  readonly metric?: MetricName;
  /** Name of the stage in events. */
  readonly stage: string;
  readonly store?: CheckpointStore;
  /**
   * Extensions of the fit since it first finished, in order. Each begins with the weights that were kept, and goes through the
   * schedule again. All its steps are made. Default: none.
   */
  readonly extensions?: readonly Extension[];
  /** Available bytes; a step that needs more is refused before it is loaded. Default: not checked. */
  readonly memoryBytes?: number;
  /** Recomputes the forward pass instead of keeping it. Default "auto": if memory is short. */
  readonly recompute?: Recompute;
  /** Seconds between checkpoints within an epoch. Default 20. */
  readonly checkpointSeconds?: number;
  /** Early stopping: epochs without improvement. Default: never. */
  readonly patience?: number;
  /**
   * Trains at a constant rate until validation stops improving, then lets the rate fall to 0. Needs a
   * warmup-stable-decay schedule. Default: the schedule spans all epochs.
   */
  readonly plateau?: Plateau;
  /**
   * Number of validation items. The fit ends after three epochs in a row with all of them right and a loss as low as so
   * many items support. Default: never.
   */
  readonly stopWhenPerfect?: number;
  /**
   * "last": keep the last epoch's weights, whatever its validation score. Default: the best epoch's, also if the loss
   * diverged.
   */
  readonly keep?: "last";
  /**
   * Number of validation items. If the first epoch diverges or undoes the start, the fit begins again with a quarter of its rates,
   * at most three times. Default: never.
   */
  readonly lowersRate?: number;
  /** If the loss is not finite or far above chance, end the run and keep the best epoch. Default: throw. */
  readonly keepsWhatWasGood?: boolean;
  /** The chance loss. Default: ln of the number of logits. */
  readonly guessing?: Guessing;
  readonly phase?: "training" | "scratch";
  readonly onEvent?: OnFit;
  readonly signal?: AbortSignal;
}

/** Returns the logits of a batch under the current weights. @param x the model's input @returns float32[B, C] */
export type Evaluator = (x: Tensor) => Promise<Float32Array>;

export interface FitResult {
  /** Weights and running averages of the epoch that is kept. */
  readonly weights: ReadonlyMap<Value, Tensor>;
  /** 0: the weights before training. */
  readonly bestEpoch: number;
  /** Set if the last epoch was requested. */
  readonly kept?: "last";
  readonly best: Validation;
  readonly epochs: readonly EpochEvent[];
  /** The details of each validation, that of the starting weights first. Missing if the validation has none. */
  readonly details?: readonly object[];
  /** Why it ended before its last epoch. */
  readonly stopped?: EarlyStopping;
  /**
   * With {@link FitOptions.plateau}: the step at which validation stopped improving (null if the steps ended first),
   * and whether the training loss came clearly below chance.
   */
  readonly plateau?: {
    readonly step: number | null;
    readonly learnt: boolean;
    readonly chance: number;
    /** Most steps. */
    readonly limit: number;
  };
  /** Set if its end was moved by more than a tenth to keep to the time limit. */
  readonly paced?: PacedSteps;
  readonly seconds: number;
  readonly steps: number;
  /** The requested average of several epochs; missing if there were fewer than two. */
  readonly average?: AverageReport;
  /** Share of the planned rates, if they were lowered. */
  readonly rateShare?: number;
  /** Set if the loss diverged and ended the run. */
  readonly diverged?: Divergence;
}

/** A diverged loss. */
export interface Divergence {
  readonly step: number;
  /** Highest rate of the step. */
  readonly rate: number;
  /** "the loss became NaN at step 12" */
  readonly words: string;
}

/** Values that are known only when a fit begins. */
export interface Decided {
  /** Peak rate of each group; replaces that of the options. */
  readonly rates?: readonly number[];
  /** Number of steps; replaces `epochs` whole epochs. */
  readonly steps?: number;
  /**
   * Time limit in seconds: if steps take longer or shorter than expected, the end is moved and the rest of the schedule
   * adapted.
   */
  readonly seconds?: number;
  /** Epochs after which this call pauses with a checkpoint, from which a later call resumes. Default: never. */
  readonly pauseAfter?: number;
  /** Epochs whose events the caller has seen: a resumed run does not repeat them. Default 0. */
  readonly told?: number;
}
