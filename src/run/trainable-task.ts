import type { LinearHead } from "../bases/heads.js";
import type { StoredAs } from "../bases/weight-storage.js";
import type { AnyResultEvent, CustomResultEvent, EngraftEvent } from "../core/events/events.js";
import type { ExtendedFacts, JoinedFacts, SafeChoice } from "../core/events/run-outcome.js";
import type { Message, Sentence } from "../core/messages/message.js";
import type { CommonResult } from "../core/results/common-result.js";
import type { ScoreName } from "../core/results/metric.js";
import type { Scored } from "../core/results/scored.js";
import type { Graph } from "../graph/graph.js";
import type { SolvedStrategy } from "../methods/registry.js";
import type { Validation } from "../train/fit.js";
import type { BestEpoch } from "./baselines/best-epoch.js";
import type { ComparedFit, Comparison } from "./baselines/comparison.js";
import type { ValidationScores } from "./baselines/rivals.js";
import type { Context } from "./context.js";
import type { ExtraTrainings } from "./forecast/extra-trainings.js";
import type { Trunk } from "./setup.js";
import type { Planned } from "./training/planned.js";
import type { Trained } from "./training/train-from.js";

/** Role of a model in a run: the run's own, a repeat with another seed, or a baseline. */
export type Role = "own" | "repeat" | "baseline";

/** A head solved on frozen features: the start of every training. */
export interface Solved<Answers> {
  /** Weights for raw features, as in the saved model; the whole model if it is no linear head on the base. */
  readonly head: LinearHead | Graph;
  /** The same weights in the form for training. Default: `head`. */
  readonly start?: LinearHead;
  /** Predictions with this head. Missing: the model predicts again. */
  readonly answers?: Answers;
  readonly validation: Validation;
  /** True for a head that nothing was learnt for yet: a training must follow. */
  readonly blank?: boolean;
  /** True if the head was fitted on the validation split at last. `validation` and `answers.held` are by heads that were not. */
  readonly refitted?: boolean;
  /** How it was solved. */
  readonly recipe: readonly Sentence[];
  /** Whether rows of another model's head were reused, and why. */
  readonly reused?: Message;
  /** Of an extended model: scores of the model before, of the joint training, and with and without each holder. */
  readonly extended?: Partial<ExtendedFacts>;
  /** Of several joined bases: what each gives alone. */
  readonly joined?: JoinedFacts;
  /** Seconds for the features of all samples, and for the head. */
  readonly seconds: { readonly features: number; readonly solving: number };
  /** Number of solved parameters. Missing: as planned. */
  readonly parameters?: number;
  /** Other models that the run solved, from the simplest on. */
  readonly rivals?: readonly Rival<Answers>[];
}

/** A model of a run, with its predictions for test and validation split. */
export interface ComparedModel<Answers> {
  /** Its strategy; "network" for a network that starts from random weights. */
  readonly name: string;
  readonly answers: Answers;
  readonly validation: Validation;
  readonly recipe: readonly Sentence[];
  readonly seconds: number;
  /** How validation chose its epoch: the score of the best of several is too high. Missing: no epoch was chosen. */
  readonly bestEpoch?: BestEpoch | undefined;
  /** True if a less simple model is kept instead of this one only if its loss is lower too. */
  readonly staysIfLossRises?: boolean;
}

/** A model that a run solved besides its own. */
export interface Rival<Answers, Name extends string = SolvedStrategy> extends ComparedModel<Answers> {
  readonly name: Name;
  /** The run with this strategy. */
  readonly context: Context;
  /** The whole model. */
  readonly head: Graph;
  readonly parameters: number;
  /** As in {@link Solved}. */
  readonly refitted: boolean;
}

/** A model with facts from its predictions for the validation split. */
export interface Calibrated<Answers, Facts> {
  /** The model as it is saved. */
  readonly model: Graph;
  readonly answers: Answers;
  readonly facts: Facts;
}

/** The run's own model. */
export interface RunModel<Answers, Head extends Solved<Answers>, Facts> extends Calibrated<Answers, Facts> {
  readonly context: Context;
  readonly solved: Head;
  /** Missing if only the head was solved. */
  readonly fitted?: Trained;
  /** Predictions of the linear probe, besides those of the training. */
  readonly probe?: Answers;
  /** Models that the run computed and did not keep. */
  readonly others?: readonly ComparedModel<Answers>[];
  /** Loss and score of the kept weights. */
  readonly validation: Validation;
}

/** The model that `--safe` chose by validation. */
export interface SafeModel<Answers, Facts> {
  readonly choice: SafeChoice;
  /** The model from scratch, if it is the better. */
  readonly instead?: Calibrated<Answers, Facts> & {
    /** The context for training from scratch. */
    readonly context: Context;
    readonly stored: StoredAs;
    readonly validation: Validation;
  };
}

/** Result of a run of one task. */
export type RunResult = (AnyResultEvent | CustomResultEvent) & CommonResult;

/** Content of a saved run. */
export interface Saved<Answers, Head extends Solved<Answers>, Facts, Result> {
  readonly own: RunModel<Answers, Head, Facts>;
  readonly result: Result;
  readonly events: readonly EngraftEvent[];
  /** Missing: the model folder holds an adapter only. */
  readonly onnx?: Uint8Array;
  /** Files of an adapter. */
  readonly files?: Readonly<Record<string, Uint8Array | string>>;
  /** True if trainings with other seeds follow: the run is not done. */
  readonly unfinished: boolean;
}

/** The training that a run is compared with, and its predictions. */
export interface ScratchAnswers<Answers> extends ComparedFit {
  readonly answers: Answers;
}

/**
 * The model of a task in training, bound to the data of the run.
 *
 * `Answers` are the predictions of a model, `Head` the head that is solved first, `Facts` results of the validation
 * split, `Backbone` the frozen network that computes features.
 */
export interface TaskModel<Answers, Head extends Solved<Answers>, Facts, Backbone extends Trunk = Trunk> {
  /**
   * Returns the possible additional trainings of a run, the most first. Default: other seeds, and the network from
   * random weights.
   */
  extraTrainings?(context: Context, planned: Planned): readonly [ExtraTrainings, ...ExtraTrainings[]];
  /** Opens the frozen backbone. @throws OptionError if its features do not fit into memory */
  openTrunk(context: Context, planned: Planned): Promise<Backbone>;
  /** Returns the number of weights of the solved head. Undefined or missing: a linear head on the features. */
  headParameters?(context: Context): Promise<number | undefined>;
  /** Returns the samples whose features are computed. Default: all samples. */
  featureSamples?(trunk: Backbone): Context["dataset"]["items"];
  /** Forecasts the seconds of all models that the run solves, without their features. Missing: about none. */
  secondsToSolve?(context: Context): Promise<number>;
  /** Forecasts the seconds of the baselines that need no training. Missing: about none. */
  secondsOfBaselines?(context: Context): Promise<number>;
  /** True if a probe with a small test split is trained again in folds. Missing: `solve` scores folds of its features, or there are none. */
  readonly foldsOfProbe?: boolean;
  solve(context: Context, trunk: Backbone, events: readonly EngraftEvent[]): Promise<Head>;
  /** Called before the training starts. */
  beforeTraining?(context: Context, solved: Head): Promise<void>;
  /**
   * Solves another head on the features of the trained network, as a rival of it. Missing: there is none.
   * @param model the trained network
   */
  solveTrained?(context: Context, model: Graph): Promise<Rival<Answers, string> | undefined>;
  predict(context: Context, model: Graph, role: Role): Promise<Answers>;
  /**
   * Calibrates a model on the validation split.
   * @param choice how the validation split chose this model, such as the best of several epochs
   */
  calibrate(
    context: Context,
    model: Graph,
    answers: Answers,
    solved: Head,
    choice: BestEpoch,
  ): Promise<Calibrated<Answers, Facts>>;
}

/** The interface of a task. */
export interface TrainableTask<
  Answers,
  Head extends Solved<Answers>,
  Facts,
  Result extends RunResult,
  Backbone extends Trunk = Trunk,
> extends TaskModel<Answers, Head, Facts, Backbone> {
  readonly score: ScoreName;
  /** Plural noun for samples in sentences, such as "pictures". */
  readonly samples: string;
  /** The training that the run is compared with. Default: the same network from random weights. */
  readonly comparison?: Comparison;
  /** Checks options, decides open ones, and returns the context for planning. */
  prepare?(context: Context, begin: number): Promise<Context>;
  /** Scores predictions for the test split, sample by sample. */
  scored(answers: Answers): Scored;
  /**
   * Scores the predictions of the role "own" for the validation split, sample by sample. Missing: the task has no
   * `--safe`.
   */
  scoredOnValidation?(answers: Answers): Scored;
  /** Assembles the result of a run without baselines from scratch. */
  result(common: CommonResult, own: RunModel<Answers, Head, Facts>): Promise<Result>;
  /**
   * Returns the baselines of a run. @param scratch the training that the run is compared with; missing if nothing is
   * pretrained
   */
  baselines(
    own: RunModel<Answers, Head, Facts>,
    scratch: ScratchAnswers<Answers> | undefined,
  ): Promise<{
    readonly baselines: NonNullable<Result["baselines"]>;
    /** Validation score of each baseline. */
    readonly validation: ValidationScores;
  }>;
  /** Completes a result with derived fields. */
  complete?(result: Result): Result;
  export(context: Context, model: Graph, stored: StoredAs): Promise<Uint8Array>;
  save(saved: Saved<Answers, Head, Facts, Result>): Promise<void>;
  /** Explains predictions of the model after the run, if the user asked for it. */
  explain?(own: RunModel<Answers, Head, Facts>, result: Result): Promise<void>;
}
