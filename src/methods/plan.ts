import type { GroupName, Message } from "../core/messages/message.js";
import type { Graph } from "../graph/graph.js";
import type { Value } from "../graph/node.js";
import type { CrossEntropyOptions } from "../losses/index.js";
import type { OptimizerName, ScheduleName } from "../optim/index.js";
import type { AveragePlan } from "../train/epochs/average-weights.js";
import type { Plateau } from "../train/epochs/plateau.js";
import type { Objective, Penalty } from "../train/objectives/objective.js";
import type { TrainableValue } from "../train/step/step.js";
import type { AverageName, BatchNormName, SamplingName } from "./loop-names.js";
import type { AdapterSpec } from "./peft/adapter-spec.js";
import type { PairPlan } from "./setfit/pair-plan.js";
import type { RequestedOptions } from "./settings.js";

/** Weights that share a learning rate. */
export interface RateGroup extends GroupName {
  /** Peak learning rate. */
  readonly rate: number;
  /** Number of trainable parameters, and the values that hold them. */
  readonly parameters: number;
  readonly values: number;
  /** Number of epochs before it starts training. Default 0. */
  readonly from?: number;
}

/** The plan of a gradient-based strategy: printed, forecast, then run. */
export interface TrainingPlan {
  readonly trainable: readonly TrainableValue[];
  readonly groups: readonly RateGroup[];
  readonly epochs: number;
  /** Examples per step. */
  readonly batch: number;
  readonly optimizer: { readonly name: OptimizerName; readonly weightDecay: number };
  /** A schedule with its options, including `start` and `div` of one-cycle. */
  readonly schedule: { readonly name: ScheduleName; readonly start?: number; readonly div?: number };
  readonly batchNorm: "frozen" | "train";
  /** Largest global norm of the gradient. */
  readonly clipNorm: number;
  /** Options of the cross-entropy: smoothing, class weights, focal loss. Default: none. */
  readonly loss?: CrossEntropyOptions;
  /** Decay of a running average of the weights, which is validated and kept. Default: none. */
  readonly ema?: number;
  /** Early stopping: epochs without improvement. Default: never. */
  readonly patience?: number;
  /**
   * Train at a constant rate until validation stops improving, see {@link Plateau}. Default: the schedule spans all
   * epochs.
   */
  readonly plateau?: Plateau;
  /** "last": keep the last epoch's weights. Default: the best epoch's. */
  readonly keep?: "last";
  /**
   * Mixing of images of a batch, or of features of texts, and their labels: α of each method, and the number of
   * classes.
   */
  readonly mix?: { readonly mixup: number; readonly cutmix: number; readonly classes: number };
  /** Objective that replaces the cross-entropy and its penalties. */
  readonly objective?: Objective;
  /** Set if it learns from pairs of items, and the head is solved afterwards: batches consist of pairs. */
  readonly pairs?: PairPlan;
  /** Terms of the loss besides the cross-entropy. */
  readonly penalties?: readonly Penalty[];
  /** Weight of the labels' cross-entropy. Default 1. */
  readonly labels?: number;
  /** Gradient accumulation: batches per update. Default 1. */
  readonly accumulate?: number;
  /** Radius of sharpness-aware minimisation. Default: none. */
  readonly sam?: number;
  /** How the weights of several epochs are combined. Default: the best epoch is kept. */
  readonly average?: AveragePlan;
  /** Sample every class equally often in an epoch. Default: every item once. */
  readonly balanced?: boolean;
  /** Adapters that are added to the model before training. */
  readonly adaptation?: Adaptation;
  /** How it trains. */
  readonly recipe: readonly Message[];
}

/** A model with adapters, and their specification: enough to merge them, or to write them to a file. */
export interface Adaptation {
  readonly graph: Graph;
  readonly spec: AdapterSpec;
}

/** The user's request; the strategy decides missing values. */
export interface PlanRequest {
  /** Number of training examples. */
  readonly examples: number;
  readonly epochs?: number;
  readonly batch?: number;
  /** Peak rate of the head (and of all weights, from scratch). */
  readonly rate?: number;
  /** How much slower `finetune` trains the first half of the body than the head, from 1 on. Default: 100, for text models 20. */
  readonly early?: number;
  /** Trainable weights of the body, a pattern of `selectWeights`. Default: all. */
  readonly trainable?: string;
  /** Default: AdamW, or the strategy's. The strategy's rates are for AdamW and are converted. */
  readonly optimizer?: OptimizerName;
  /** Default: the strategy's. */
  readonly schedule?: ScheduleName;
  /** The classes with their number of training examples, for class weights. */
  readonly classes?: readonly { readonly name: string; readonly count: number }[];
  readonly accumulate?: number;
  readonly sam?: number;
  readonly average?: AverageName;
  readonly sampling?: SamplingName;
  readonly batchNorm?: BatchNormName;
  /** Units of the head's hidden layer. Default: none. */
  readonly hidden?: number;
  /** Options of the strategy, by name. */
  readonly option?: RequestedOptions;
  /** Logits of the base's own classifier, if the model still has them. */
  readonly oldScores?: Value;
  /** Seed of fresh weights. Default 0. */
  readonly seed?: number;
}

/** Makes the plan of a strategy. @param model pixels -> logits, with the head's weights under their names */
export type Planner = (model: Graph, request: PlanRequest) => TrainingPlan;

/** Fewest steps that a run on a small set should have, and the most epochs for that. */
const wantedSteps = 300;
const epochRange = [3, 15] as const;

/**
 * Epochs and batch size by the number of examples: small sets get small batches (16, from 500 on 32) and more epochs,
 * for about 300 steps; between 3 and 15 epochs.
 */
export function lengthOf({ examples, epochs, batch }: PlanRequest): {
  epochs: number;
  batch: number;
  stepsPerEpoch: number;
} {
  const size = Math.min(batch ?? (examples < 500 ? 16 : 32), Math.max(1, examples));
  const stepsPerEpoch = Math.max(1, Math.ceil(examples / size));
  const wanted = Math.round(wantedSteps / stepsPerEpoch);
  return {
    epochs: epochs ?? Math.min(epochRange[1], Math.max(epochRange[0], wanted)),
    batch: size,
    stepsPerEpoch,
  };
}
