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
import type { Asked } from "./settings.js";

/** Weights that share a learning rate. */
export interface RateGroup extends GroupName {
  /** Peak learning rate. */
  readonly rate: number;
  /** Numbers that train, and the values that hold them. */
  readonly parameters: number;
  readonly values: number;
  /** Epochs that are over before it moves. Default 0. */
  readonly from?: number;
}

/** What a gradient-based strategy does, before it does it: printed, forecast, then run. */
export interface TrainingPlan {
  readonly trainable: readonly TrainableValue[];
  readonly groups: readonly RateGroup[];
  readonly epochs: number;
  /** Examples a step. */
  readonly batch: number;
  readonly optimizer: { readonly name: OptimizerName; readonly weightDecay: number };
  /** A schedule with its options, `start` and `div` of one-cycle among them. */
  readonly schedule: { readonly name: ScheduleName; readonly start?: number; readonly div?: number };
  readonly batchNorm: "frozen" | "train";
  /** Largest global norm of the gradient. */
  readonly clipNorm: number;
  /** How the cross-entropy is bent: smoothing, class weights, focal loss. Default: it is not. */
  readonly loss?: CrossEntropyOptions;
  /** Decay of a running average of the weights, which is validated and kept instead of them. Default: none. */
  readonly ema?: number;
  /** Epochs without a better one after which training stops. Default: it never does. */
  readonly patience?: number;
  /** Train at a constant rate until validation stops improving, see {@link Plateau}. Default: the schedule spans all epochs. */
  readonly plateau?: Plateau;
  /** The last epoch's weights are kept, whatever validation says of them. Default: the best epoch's. */
  readonly keep?: "last";
  /** Pictures of a batch, or the features of texts, are mixed with each other, their labels with them: α of each way, and the number of classes. */
  readonly mix?: { readonly mixup: number; readonly cutmix: number; readonly classes: number };
  /** What is minimised in place of the cross-entropy and its penalties. */
  readonly objective?: Objective<"train">;
  /** It learns from pairs of items, and the head is solved afterwards: batches are made of pairs. */
  readonly pairs?: PairPlan;
  /** Terms of the loss beside the cross-entropy. */
  readonly penalties?: readonly Penalty[];
  /** Weight of the labels' cross-entropy beside them. Default 1. */
  readonly labels?: number;
  /** Batches whose gradients make one update. Default 1. */
  readonly accumulate?: number;
  /** Radius of sharpness-aware minimisation. Default: none. */
  readonly sam?: number;
  /** What becomes of the weights of several epochs. Default: the best epoch's are kept. */
  readonly average?: AveragePlan;
  /** Every class as often as the others in an epoch. Default: every picture once. */
  readonly balanced?: boolean;
  /** What is put into the model before it trains, beside weights that stay as they are: adapters. */
  readonly adaptation?: Adaptation;
  /** How it trains. */
  readonly recipe: readonly Message[];
}

/** A model with adapters in it, and what they are: enough to merge them, or to write them to a file. */
export interface Adaptation {
  readonly graph: Graph;
  readonly spec: AdapterSpec;
}

/** What the user may ask for; missing: the strategy decides. */
export interface PlanRequest {
  /** Training examples. */
  readonly examples: number;
  readonly epochs?: number;
  readonly batch?: number;
  /** Peak rate of the head (and of everything, from scratch). */
  readonly rate?: number;
  /** Which weights of the body train, as `selectWeights` reads it. Default: all. */
  readonly trainable?: string;
  /** Default: AdamW, or what the strategy says. The strategy's rates are for AdamW and are translated. */
  readonly optimizer?: OptimizerName;
  /** Default: what the strategy says. */
  readonly schedule?: ScheduleName;
  /** The classes with their training examples: for class weights. */
  readonly classes?: readonly { readonly name: string; readonly count: number }[];
  readonly accumulate?: number;
  readonly sam?: number;
  readonly average?: AverageName;
  readonly sampling?: SamplingName;
  readonly batchNorm?: BatchNormName;
  /** Options of the strategy, by name. */
  readonly option?: Asked;
  /** Raw scores of the base's own classifier, where the model still has them. */
  readonly oldScores?: Value;
  /** Of fresh weights beside the base's. Default 0. */
  readonly seed?: number;
}

/** How a strategy plans. @param model pixels -> logits, with the head's weights under their names. */
export type Planner = (model: Graph, request: PlanRequest) => TrainingPlan;

/** Steps that a run on a small set should at least have, and how many epochs that may take. */
const wantedSteps = 300;
const epochRange = [3, 15] as const;

/**
 * Epochs and batch by the number of examples: small sets get small batches (16, from 500 on 32) and more
 * epochs, so that there are about 300 steps; between 3 and 15 epochs.
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
