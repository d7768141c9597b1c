import type { ChosenForms } from "../autodiff/rules/conv-forms.js";
import type { EarlyStopping, EpochEvent, ItemUnit, OnEvent, PacedSteps } from "../core/events/events.js";
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

/** Where a fit keeps what it needs to go on after it was killed. */
export interface CheckpointStore {
  load(): Promise<Checkpoint | undefined>;
  save(checkpoint: Checkpoint): Promise<void>;
  /** The forms of gradients that the fit began with: with others, its last bits would differ. */
  readonly forms?: {
    load(): Promise<ChosenForms | undefined>;
    save(forms: ChosenForms): Promise<void>;
  };
}

export interface FitOptions {
  readonly runtime: Runtime;
  /** Data in, raw scores out; its weights are where training starts. */
  readonly model: Graph;
  /** Lengths that the rows of the model's input, int32[batch, length], have in a step; `fill` stands where a row has ended. With `objective.positions` there is a label a token. */
  readonly lengths?: { readonly sizes: readonly number[]; readonly fill: number };
  readonly trainable: readonly TrainableValue[];
  readonly objective: Objective;
  readonly optimizer: Transform;
  readonly batchNorm: "frozen" | "train";
  readonly clipNorm?: number;
  /** Decay of a running average of the weights: that is what is validated and kept. Default: no average. */
  readonly ema?: number;
  /** Steps whose gradients make one update of the weights. Default 1. */
  readonly accumulate?: number;
  /** Radius ρ of sharpness-aware minimisation. Default: none. */
  readonly sam?: number;
  /** What becomes of the weights of several epochs. Default: the best epoch's are kept. */
  readonly average?: AveragePlan;
  readonly schedule: Schedule;
  /** Peak rate of each group. */
  readonly rates: readonly number[];
  /** Epochs that are over before each group moves. Default: all move from the first on. */
  readonly fromEpochs?: readonly number[];
  readonly epochs: number;
  readonly batch: number;
  /** What a batch is made of, for how many a second are told. Default "pictures". */
  readonly items?: ItemUnit;
  readonly stepsPerEpoch: number;
  /** Feeds of steps `from` … `stepsPerEpoch - 1` of an epoch, the same on every call. */
  readonly feeds: (epoch: number, from: number) => AsyncIterable<StepFeeds>;
  readonly validate: (evaluator: Evaluator) => Promise<Validation>;
  /** What the validation's score is made of. Default "accuracy". */
  readonly metric?: MetricName;
  /** Name of the stage in events. */
  readonly stage: string;
  readonly store?: CheckpointStore;
  /** Bytes that there are; a step that needs more is refused before it is loaded. Default: not looked at. */
  readonly memoryBytes?: number;
  /** Whether the forward pass is computed again instead of kept. Default "auto": where memory is short. */
  readonly recompute?: Recompute;
  /** Seconds between checkpoints within an epoch. Default 20. */
  readonly checkpointSeconds?: number;
  /** Stop after this many epochs without a better one. Default: never. */
  readonly patience?: number;
  /** Train at a constant rate until validation stops improving, then let the rate fall to 0. Needs a warmup-stable-decay schedule. Default: the schedule spans all epochs. */
  readonly plateau?: Plateau;
  /**
   * Items of the validation part: the fit ends after three epochs in a row that are right on all of them, with a loss as low as
   * so many items support. Default: it never does.
   */
  readonly stopWhenPerfect?: number;
  /** Keep the last epoch's weights, whatever validation says of them. Default: the best epoch's; also where the loss diverged. */
  readonly keep?: "last";
  /** A loss that is no number, or far above chance, ends the run, which keeps what was best before. Default: it throws. */
  readonly keepsWhatWasGood?: boolean;
  /** What the loss is where nothing is known: chance. Default: ln of how many scores the model has. */
  readonly guessing?: Guessing;
  readonly phase?: "training" | "scratch";
  readonly onEvent?: OnEvent;
  readonly signal?: AbortSignal;
}

/** Raw scores of a batch under the weights as they are now. @param x the model's input. @returns float32[B, C] */
export type Evaluator = (x: Tensor) => Promise<Float32Array>;

export interface FitResult {
  /** Weights (and running averages) of the epoch that is kept. */
  readonly weights: ReadonlyMap<Value, Tensor>;
  /** 0: the weights that training started from. */
  readonly bestEpoch: number;
  /** It is the last one, since that was asked for. */
  readonly kept?: "last";
  readonly best: Validation;
  readonly epochs: readonly EpochEvent[];
  /** The details of each validation, that of the starting weights first. Missing if the validation has none. */
  readonly details?: readonly object[];
  /** Why it ended before its last epoch. */
  readonly stopped?: EarlyStopping;
  /** With {@link FitOptions.plateau}: the step at which validation had stopped improving, null if the steps were up before; and whether the training loss came clearly below chance. */
  readonly plateau?: { readonly step: number | null; readonly learnt: boolean; readonly chance: number };
  /** Where its end was moved by more than a tenth, to end in time. */
  readonly paced?: PacedSteps;
  readonly seconds: number;
  readonly steps: number;
  /** The average of several epochs' weights that was asked for; missing when there were not two to be averaged. */
  readonly average?: AverageReport;
  /** Why it ended before its time, where the loss diverged. */
  readonly diverged?: Divergence;
}

/** A loss that got out of hand. */
export interface Divergence {
  readonly step: number;
  /** Highest rate of the step. */
  readonly rate: number;
  /** "the loss became NaN at step 12" */
  readonly words: string;
}

/** What is known only when a fit begins. */
export interface Decided {
  /** Peak rate of each group, instead of the options'. */
  readonly rates?: readonly number[];
  /** Steps to make, instead of `epochs` whole epochs. */
  readonly steps?: number;
  /**
   * Seconds to end within: where steps take longer or less long than was thought, the end is moved, and the rest of the
   * schedule laid over what is left.
   */
  readonly seconds?: number;
  /** Epochs after which this call pauses with a checkpoint, from which a later call resumes. Default: it does not pause. */
  readonly pauseAfter?: number;
  /** Epochs whose events the caller has seen: a resumed run does not repeat them. Default 0. */
  readonly told?: number;
}
