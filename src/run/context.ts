import type { OldHead } from "../bases/old-head.js";
import type { ClassificationScores, ElsewhereResult, OnEvent } from "../core/events/events.js";
import type { Message } from "../core/messages/message.js";
import type { MetricName } from "../core/results/metric.js";
import type { InitReport } from "../core/results/task.js";
import type { Dataset, ItemInputs, PixelCache } from "../data/index.js";
import type { Graph } from "../graph/graph.js";
import type { Value } from "../graph/node.js";
import type { Planner, PlanRequest, TrainingPlan } from "../methods/plan.js";
import type { ScheduleName } from "../optim/names.js";
import type { TrainOptions } from "../options/options.js";
import type { Platform } from "../platform/platform.js";
import type { Runtime } from "../runtime/runtime.js";
import type { Weights } from "../train/epochs/average-weights.js";
import type { Guessing } from "../train/epochs/divergence.js";
import type { Evaluator, Validation } from "../train/fit.js";
import type { Objective } from "../train/objectives/objective.js";
import type { RunFolder } from "./folder/run-folder.js";
import type { Machine } from "./machine.js";
import type { OpenedBase } from "./setup.js";
import type { HeldSource, RowsOf } from "./training/feeds.js";

/** The head of a run that learns something else than one class per sample. */
export interface TrainingHead {
  /** Scores of a row: one per label, number or tag. */
  readonly outputs: number;
  /** Name of the scores in the graph that is trained. Default "logits". */
  readonly scores?: Value;
  /** The outputs with their training samples, as class weights need them. Missing for numbers. */
  readonly counts?: PlanRequest["classes"];
  /** Loss of a plan. @param longest tokens of the longest batch; 0 for samples without tokens */
  readonly objective: (plan: TrainingPlan, longest: number) => Objective;
  /** Loss of a model that has learnt nothing. Default: that of guessing one of the classes. */
  readonly guessing?: Guessing;
  /** Trained weights as the saved model has them. Default: the same; numbers are trained standardised. */
  readonly savedWeights?: (weights: Weights) => Weights;
  /** Returns the targets that are fed with each batch. Default: one class per sample, or one tag per token. */
  readonly targets?: (items: Dataset["items"]) => RowsOf;
  /** Score of a validation, in events and results. */
  readonly metric: MetricName;
  readonly validate: (evaluate: Evaluator, held: HeldSource, signal?: AbortSignal) => Promise<Validation>;
}

/**
 * What a task trains with where the user set nothing. It is kept apart from the options, so that it never counts as chosen
 * by the user.
 */
export interface TaskDefaults {
  readonly schedule?: ScheduleName;
  /** Peak learning rate of strategies that train the base's own weights. */
  readonly rate?: number;
  readonly epochs?: number;
  readonly batch?: number;
  /** The usual learning rate of training from scratch. Default 0.001. */
  readonly scratchRate?: number;
}

/** What a training learns from besides the targets of its samples, such as the answers of a teacher. */
export interface Regime {
  /** Name of the training in events and of its checkpoint. */
  readonly stage: string;
  /** Adds its weights to a network, and its terms to the plans of a strategy. */
  readonly join: (model: Graph, planner: Planner, request: PlanRequest) => Promise<JoinedRegime>;
  /** Returns the rows that are fed with each batch. Called after `join`. */
  readonly rowsOf: (seed: number) => RowsOf;
  /** Returns the order of the samples in each epoch. Default: each once, shuffled. */
  readonly orderOf?: (seed: number) => (epoch: number) => readonly number[];
  /** Seconds that it adds to a step. Default 0. */
  readonly secondsPerStep?: () => number;
}

/** A network and its planner after a regime has joined them. */
export interface JoinedRegime {
  readonly model: Graph;
  readonly planner: Planner;
  /** Reason for the strategy: what is learnt from where. */
  readonly reason: Message;
}

/** Everything that the steps of a run share. */
export interface Context {
  readonly run: RunFolder;
  /** What the user set, and what the run decided and recorded; no defaults. */
  readonly options: TrainOptions;
  readonly machine: Machine;
  readonly platform: Platform;
  readonly runtime: Runtime;
  readonly dataset: Dataset;
  readonly opened: OpenedBase;
  /** The network that training from scratch trains, and its inputs. Default: those of the run. */
  readonly scratch?: Pick<Context, "opened" | "inputs">;
  /** What came from another model, and the classifier whose rows may be used again. */
  readonly init?: InitReport;
  readonly oldHead?: OldHead;
  readonly decoded: PixelCache;
  /** What feeds items that are no pictures. */
  readonly inputs?: ItemInputs;
  /** Defaults of the task, for these options. Without it the strategy's own hold. */
  readonly taskDefaults?: (options: TrainOptions) => TaskDefaults;
  /** Missing for one class per sample. */
  readonly head?: TrainingHead;
  /** Missing: the targets alone are learnt. */
  readonly regime?: Regime;
  /** Scores on another set of the same classes. */
  readonly elsewhere?: (model: Graph, own: ClassificationScores) => Promise<ElsewhereResult>;
  readonly onEvent: OnEvent;
}

/** The run as it trains from scratch. */
export const scratchContext = <C extends Unrecorded>(context: C): C => ({ ...context, ...context.scratch });

/** The same before there is a run: nothing is kept. */
export type Unrecorded = Omit<Context, "run"> & { readonly run?: RunFolder };
