import type { ErrorCode } from "../errors.js";
import type { CommonResult, ViewScores } from "../results/common-result.js";
import type {
  Baseline,
  DistillationResult,
  SeedsR2Result,
  SeedsResult,
  TasksResultEvent,
  Verdict,
} from "./run-outcome.js";

export type {
  Baseline,
  EarlyStopping,
  PacedSteps,
  SeedEvent,
  SeedsF1Result,
  SeedsResult,
  TaskResult,
  TasksResultEvent,
  Verdict,
} from "./run-outcome.js";

import type { DetectionResultEvent } from "../results/dense/detection.js";
import type { SegmentationResultEvent } from "../results/dense/segmentation.js";
import type { EntitiesResultEvent } from "../results/entities.js";
import type { LabelsResultEvent } from "../results/labels.js";
import type { OtherTestResult } from "../results/other-test-set.js";
import type { GenerationResultEvent } from "../results/sequences/generation.js";
import type { TranscriptResultEvent } from "../results/sequences/transcripts.js";
import type { AdaptResultEvent, DomainEvent } from "./adapt-events.js";
import type { CustomResultEvent } from "./custom-event.js";
import type { SourceFreeResultEvent } from "./source-free-events.js";

export type {
  BaseEvent,
  DataEvent,
  DeviceEvent,
  LeakedPair,
  LeaksEvent,
  Part,
  StartEvent,
  TrainableEvent,
} from "./opening-events.js";

import type { PretrainResultEvent } from "./pretrain-events.js";
import type { RunEvent, ServingEvent } from "./run-events.js";
import type { WorkEvent } from "./work-events.js";

export type { LanguageScores, PretrainResultEvent } from "./pretrain-events.js";
export type { ItemUnit, Phase, ProgressEvent, WarningEvent } from "./progress-events.js";
export type { RunEvent, ServingEvent } from "./run-events.js";
export type {
  CheckpointEvent,
  EpochEvent,
  ForecastEvent,
  InitEvent,
  OnWork,
  RateFinderEvent,
} from "./work-events.js";

import type { ClassificationScores, SplitCounts } from "../results/counts.js";
import {
  type BaseClassification,
  isBaseClassification,
  isCustomTask,
  type RegressionBaseline,
  type RegressionScores,
  type TableFacts,
  type TargetFacts,
  type TaskWith,
  tasks,
} from "../results/task.js";
import type { TrustResult } from "../results/trust.js";

export type { ClassificationScores, SplitCounts } from "../results/counts.js";
export type { EntitiesResultEvent, EntityScores } from "../results/entities.js";
export type { LabelScores, LabelsResultEvent } from "../results/labels.js";
export type { OtherTestResult } from "../results/other-test-set.js";
export type { Interval } from "../results/task.js";
export type { TrustFacts, TrustResult } from "../results/trust.js";
export type {
  AdaptCandidate,
  AdaptCheck,
  AdaptGain,
  AdaptResultEvent,
  DomainDistance,
  DomainEvent,
  DomainGuard,
} from "./adapt-events.js";
export type { CustomResultEvent } from "./custom-event.js";
export type { ClassShare, SourceFreeResultEvent } from "./source-free-events.js";

/** The last event of `train`, and what the library's `train` returns. */
export interface TrainResultEvent extends CommonResult {
  readonly task: BaseClassification;
  readonly classes: readonly string[];
  readonly test: ClassificationScores;
  readonly validation: { readonly n: number; readonly accuracy: number; readonly loss: number };
  /** The test split again with averaged views of each image; `test` is without. */
  readonly tta?: ViewScores<ClassificationScores>;
  /** Calibration and trust of the probabilities; missing without a validation split. */
  readonly trust?: TrustResult;
  readonly baselines?: {
    readonly scratch?: Baseline;
    readonly probe?: Baseline;
    /** For texts: TF-IDF with logistic regression. */
    readonly tf_idf?: Baseline;
    readonly characters?: Baseline;
    /** For sounds: logistic regression on statistics of log-mel frames. */
    readonly log_mel?: Baseline;
    /** For texts: logistic regression on frozen features and TF-IDF. */
    readonly hybrid?: Baseline;
    /** Baseline that always predicts the most frequent class of the training split. */
    readonly majority?: Baseline;
    /** For images: logistic regression on downscaled pixels. */
    readonly pixels?: Baseline;
    /** For a distilled student: the same student, steps and seed without the teacher. */
    readonly without_teacher?: Baseline;
  };
  /** For `distill`: the teacher. */
  readonly distillation?: DistillationResult;
  readonly verdict?: Verdict;
  /** With several seeds: the test accuracy of each training; `test` and the model are the first's. */
  readonly by_seed?: SeedsResult;
  /** Scores on another set of the same classes (`--test`). */
  readonly elsewhere?: OtherTestResult;
}

/** Fields of all results. */
type Common = Omit<
  TrainResultEvent,
  ("task" | "classes" | "test" | "validation" | "tta") | ("baselines" | "verdict" | "by_seed" | "elsewhere")
>;

/** The last event of a regression run. */
export interface RegressionResultEvent extends Common {
  readonly task: TaskWith<{ head: "numbers" }>;
  readonly targets: readonly TargetFacts[];
  readonly split: SplitCounts;
  readonly test: RegressionScores;
  /** Of images: the test split once more with several views of each, averaged. */
  readonly tta?: ViewScores<RegressionScores>;
  readonly validation: { readonly n: number; readonly r2: number; readonly loss: number };
  readonly baselines: {
    readonly mean: RegressionBaseline;
    /** For tables that are divided by time: the last target that is known at the time of a row. */
    readonly last_value?: RegressionBaseline;
    /** For tables that are divided by time: the target one season before, if the season is given. */
    readonly last_season?: RegressionBaseline;
    readonly ridge?: RegressionBaseline;
    /** For tables: gradient-boosted trees. Missing if they are the model. */
    readonly trees?: RegressionBaseline;
    /** For tables: the network, if another model was kept. */
    readonly network?: RegressionBaseline;
    /** With --with: the best model of the target table alone. Missing if it is the model. */
    readonly target_alone?: RegressionBaseline;
    /** For sounds: ridge regression on statistics of log-mel frames. */
    readonly log_mel_ridge?: RegressionBaseline;
    /** For images: ridge regression on downscaled pixels. */
    readonly pixel_ridge?: RegressionBaseline;
    /** For texts: TF-IDF with ridge regression. */
    readonly tf_idf_ridge?: RegressionBaseline;
    readonly probe?: RegressionBaseline;
    readonly scratch?: RegressionBaseline;
  };
  readonly verdict?: Verdict;
  /** With several seeds: the test R² of each training; `test` and the model are the first's. */
  readonly by_seed?: SeedsR2Result;
  readonly table?: TableFacts;
}

/** The last event of a classification run on a table. */
export interface TableResultEvent extends Common {
  readonly task: TaskWith<{ sample: "row"; head: "classes" }>;
  readonly classes: readonly string[];
  readonly test: ClassificationScores;
  /** As for images. */
  readonly trust?: TrustResult;
  readonly validation: { readonly n: number; readonly accuracy: number; readonly loss: number };
  readonly baselines: {
    readonly majority: Baseline;
    /** Missing if it is the model. */
    readonly logistic?: Baseline;
    /** Missing if they are the model. */
    readonly trees?: Baseline;
    /** The network, if another model was kept. */
    readonly network?: Baseline;
    /** With --with: the best model of the target table alone. Missing if it is the model. */
    readonly target_alone?: Baseline;
    /** With `--init-from`: a head solved on the transferred features. */
    readonly probe?: Baseline;
    readonly scratch?: Baseline;
  };
  readonly verdict?: Verdict;
  readonly by_seed?: SeedsResult;
  readonly table: TableFacts;
}

/** True for the result of a classification of images or texts with a base. */
export function isTrainResult<E extends { readonly task: string }>(
  event: E,
): event is Extract<E, { readonly task: TrainResultEvent["task"] }> {
  return isBaseClassification(event.task);
}

/** True for the result of `train`, for any task. */
export function isTrained<E extends { readonly task: string }>(
  event: E,
): event is Extract<E, { readonly task: TrainedResult["task"] }> {
  return (tasks as readonly string[]).includes(event.task) || isCustomTask(event.task);
}

/** The result of any task of `train`. */
export type AnyResultEvent =
  | TrainResultEvent
  | RegressionResultEvent
  | TableResultEvent
  | DetectionResultEvent
  | SegmentationResultEvent
  | EntitiesResultEvent
  | TranscriptResultEvent
  | GenerationResultEvent
  | LabelsResultEvent;

/** The result of a training of any task, also of one that is defined outside of the product. */
export type TrainedResult = AnyResultEvent | CustomResultEvent;

/** The last event of a command that failed. */
export interface ErrorEvent {
  readonly event: "error";
  readonly kind: string;
  /** Of an error that a user can cause: what `errorText` writes in another language. */
  readonly code?: ErrorCode;
  readonly details?: Readonly<Record<string, unknown>>;
  readonly message: string;
  readonly at?: string;
  readonly help?: string;
  readonly exit: number;
}

/**
 * Events of a long task: one per line in `--json` and in `events.jsonl`, the same objects in the library's `onEvent`.
 * Field names are snake_case, because they are read outside TypeScript. Fields may be added, never renamed.
 */
export type EngraftEvent =
  | WorkEvent
  | DomainEvent
  | TrainedResult
  | ErrorEvent
  | AdaptResultEvent
  | SourceFreeResultEvent
  | PretrainResultEvent
  | RunEvent
  | ServingEvent
  | TasksResultEvent;

/** Called with each event, in order. */
export type OnEvent = (event: EngraftEvent) => void;
