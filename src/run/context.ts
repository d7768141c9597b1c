import type { Body } from "../bases/body.js";
import type { LinearHead } from "../bases/heads.js";
import type { SampleParts } from "../bases/model-folder/sample-parts.js";
import type { ClassificationScores, OtherTestResult } from "../core/events/events.js";
import type { ExtendedFacts } from "../core/events/run-outcome.js";
import type { OnWork } from "../core/events/work-events.js";
import type { Sentence } from "../core/messages/message.js";
import type { CommonResult } from "../core/results/common-result.js";
import type { MetricName } from "../core/results/metric.js";
import type { Scored } from "../core/results/scored.js";
import type { Sample, SampleInputs, Samples } from "../data/index.js";
import type { Graph } from "../graph/graph.js";
import type { Value } from "../graph/node.js";
import type { Planner, PlanRequest, TrainingPlan } from "../methods/plan.js";
import type { FeatureSums } from "../methods/sums/feature-sums.js";
import type { CollectedPart, SumsFile } from "../methods/sums/sums-file.js";
import type { ScheduleName } from "../optim/names.js";
import type { RecipeOptions } from "../options/options.js";
import type { Weights } from "../train/epochs/average-weights.js";
import type { Guessing } from "../train/epochs/divergence.js";
import type { Evaluator, FitOptions, Validation } from "../train/fit.js";
import type { Objective } from "../train/objectives/objective.js";
import type { RunFolder } from "./folder/run-folder.js";
import type { OpenedMachine } from "./machine.js";
import type { OpenedBase } from "./setup.js";
import type { HeldSource, RowsOf, TrainSource } from "./training/train-source.js";

/**
 * What a run learns to predict: the head, its loss and its score. Functions of samples are methods, because a task names more of
 * its samples than a run does, and a run hands it only those that it got from the task.
 */
export interface TrainingHead {
  /** Outputs per row: one per label, number or tag. */
  readonly outputs: number;
  /** Returns a backbone with this head, before training. Default: a linear head on its features. */
  readonly network?: (body: Body) => Graph;
  /** Draws random weights for training from scratch. Default: those of {@link freshWeights}. */
  readonly fresh?: (network: Graph, seed: number) => Weights;
  /** Draws the random weights that the head begins with, for a training with another seed. Default: it begins with solved ones. */
  readonly freshHead?: (network: Graph, seed: number) => Weights;
  /** Returns a backbone with this head, as it is before training. Default: with a solved head. */
  readonly random?: (body: Body, seed: number) => Graph;
  /** Name of the output in the trained graph. Default "logits". */
  readonly scores?: Value;
  /** The outputs with their number of training samples, for class weights. Missing for numbers. */
  readonly counts?: PlanRequest["classes"];
  /** True if a validation without an error ends the training. Default false. */
  readonly endsWhenPerfect?: boolean;
  /** Returns the loss of a plan. Default: the cross-entropy of one class per sample. @param longest tokens of the longest batch; 0 for samples without tokens */
  readonly objective?: (plan: TrainingPlan, longest: number) => Objective;
  /** Chance loss. Default: that of guessing one of the classes. */
  readonly guessing?: Guessing;
  /** Converts trained weights to those of the saved model. Default: unchanged; numbers are trained standardised. */
  readonly savedWeights?: (weights: Weights) => Weights;
  /** Returns the class of a sample, which is its label in a batch. Default: 0, and `targets` or the inputs say what is learnt. */
  classOf?(item: Sample): number;
  /** Returns the targets of each batch. Default: the class of each sample, or one tag per token. */
  targets?(items: readonly Sample[]): RowsOf;
  /** Returns what feeds the steps, for samples whose pixels and targets change together. Default: batches of pixels and `targets`. */
  readonly streams?: (train: TrainSource, plan: TrainingPlan) => Streams;
  /** Score of a validation, in events and results. */
  readonly metric: MetricName;
  validate(evaluate: Evaluator, held: HeldSource, signal?: AbortSignal): Promise<Validation>;
}

/** Training defaults of a task. They are separate from the options, so that they never count as chosen by the user. */
export interface TaskDefaults {
  readonly schedule?: ScheduleName;
  /** Peak learning rate of strategies that train the base's own weights. */
  readonly rate?: number;
  /** How much slower `finetune` trains early layers. */
  readonly early?: number;
  readonly epochs?: number;
  readonly batch?: number;
  /** The usual learning rate of training from scratch. Default 0.001. */
  readonly scratchRate?: number;
}

/** Feeds of the steps of an epoch, how many steps it has, and the padded lengths of the feeds if they are not those of `train`. */
export type Streams = Pick<FitOptions, "feeds" | "stepsPerEpoch" | "lengths">;

/** What a training uses besides the targets of its samples, such as a teacher's predictions. */
export interface Regime {
  /** Name of the training in events and of its checkpoint. */
  readonly stage: string;
  /** Adds its weights to a network, and its terms to the plans of a strategy. */
  readonly join: (model: Graph, planner: Planner, request: PlanRequest) => Promise<JoinedRegime>;
  /** Returns the rows that are fed with each batch. Called after `join`. Default: none. */
  readonly rowsOf?: (seed: number) => RowsOf;
  /** Returns the order of the samples in each epoch. Default: each once, shuffled. */
  readonly orderOf?: (seed: number) => (epoch: number) => readonly number[];
  /** Returns what feeds the steps. Default: batches of the train split. @param train the train split */
  readonly streams?: (train: TrainSource, plan: TrainingPlan) => Streams;
  /** Scores an epoch. Default: the validation of the head. */
  readonly validate?: (evaluate: Evaluator) => Promise<Validation>;
  /** Seconds that it adds to a step. Default 0. */
  readonly secondsPerStep?: () => number;
}

/** A network and its planner after a regime has joined them. */
export interface JoinedRegime {
  readonly model: Graph;
  readonly planner: Planner;
  /** Name of the strategy in events and results. Default: the strategy that plans. */
  readonly strategy?: string;
  /** Reason for the strategy. */
  readonly reason: Sentence;
}

/** Feature sums of samples that are not part of the run's own splits. */
export interface AddedSums extends Pick<SumsFile, "parts" | "removed"> {
  /** Missing: all samples are those of the run, or of the holders. */
  readonly sums?: FeatureSums;
  /** Files of other holders with the ids of their parts. They are not in `sums`, and may be left out. */
  readonly holders: readonly {
    readonly name: string;
    readonly sums: FeatureSums;
    readonly parts: readonly string[];
  }[];
  /** True for a sample of the run that is counted in these sums. A method, as those of {@link TrainingHead}. */
  includes(item: Sample): boolean;
  /** The run's own samples that are added up, by their source. */
  readonly collected: readonly Omit<CollectedPart, "id">[];
  /** Splits of samples that are counted in the sums, and are not in the dataset. Missing: they are not all known. */
  readonly samples?: SampleParts | undefined;
  /** The model before, which predicts for the test samples of the first source. Missing: there is none. */
  readonly before?: { readonly head: LinearHead; readonly names: readonly string[] };
  /** True for a sample of the first source. */
  isOfFirst(item: Sample): boolean;
  /** Also train a linear probe on all samples. */
  readonly joint: boolean;
  readonly facts: ExtendedFacts;
}

/** How a task trains: its head, and what differs from other tasks. */
export interface TaskTraining {
  readonly head: TrainingHead;
  /** Returns the defaults of the task for these options. Missing: the strategy's own. */
  readonly defaults?: (options: RecipeOptions) => TaskDefaults;
  /** Network and inputs for training from scratch. Default: those of the run. */
  readonly scratch?: Pick<Context, "opened" | "inputs">;
  /** Opens base and texts again, for a model that reads long texts as a whole. Missing: nothing is cut, or no texts. */
  readonly openWhole?: () => Promise<
    Partial<Pick<Context, "opened" | "inputs">> & Pick<TaskTraining, "elsewhere">
  >;
  /** Scores the model on another set of the same classes. Missing: there is none. */
  readonly elsewhere?: (model: Graph, own: ClassificationScores) => Promise<OtherTestResult>;
}

/** What a model learns from besides the targets of the run's own samples. */
export interface OtherSources {
  /** Samples outside of the dataset, such as the rows of a source table. Default: none. */
  readonly samples?: readonly Pick<Sample, "id" | "sha256" | "part">[];
  /** Feature sums of others. Default: the head learns from the run's own samples. */
  readonly sums?: AddedSums;
  /** Default: the training uses only the targets. */
  readonly regime?: Regime;
}

/** How the samples of a run are divided into folds, or which part a fold has in it. */
export interface Folds {
  /** Trains the recipe of a context once more for each of some folds of its samples, and scores it. Missing: a run without folds. */
  readonly crossValidate?: (context: Context, folds: number) => Promise<CommonResult["cross_validation"]>;
  /** Seconds that the data took to open: folds do not open them again. Missing: none. */
  readonly dataSeconds?: number;
  /** Ends the training of a fold with the scores of its held-out samples. Missing: the run is no fold. */
  readonly end?: (scored: Scored) => never;
}

/** Everything that the steps of a run share. */
export interface Context {
  readonly run: RunFolder;
  /** The user's options, and what the run decided and recorded; no defaults. */
  readonly options: RecipeOptions;
  readonly machine: OpenedMachine;
  readonly dataset: Samples;
  readonly opened: OpenedBase;
  readonly inputs: SampleInputs;
  readonly training: TaskTraining;
  /** Missing: nothing besides. */
  readonly besides?: OtherSources;
  /** Missing: there are none. */
  readonly folds?: Folds;
  readonly onEvent: OnWork;
}

/** Returns the context for training from scratch. */
export const scratchContext = <C extends Unrecorded>(context: C): C => ({
  ...context,
  ...context.training.scratch,
});

/** Returns the context for a model that reads long texts as a whole. Without such texts, it is unchanged. */
export async function wholeContext<C extends Unrecorded>(context: C): Promise<C> {
  const { elsewhere, ...read } = (await context.training.openWhole?.()) ?? {};
  return { ...context, ...read, ...(elsewhere && { training: { ...context.training, elsewhere } }) };
}

/** A context before the run folder exists: nothing is saved. */
export type Unrecorded = Omit<Context, "run"> & { readonly run?: RunFolder };
