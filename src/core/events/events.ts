import type { CommonResult, ViewScores } from "../results/common-result.js";
import type { EpochValidationFields } from "../results/metric.js";
import type { LengthsEvent } from "./lengths-event.js";
import type {
  Baseline,
  DistillationResult,
  SeedEvent,
  SeedsR2Result,
  SeedsResult,
  TasksResultEvent,
  Verdict,
} from "./run-outcome.js";

export type {
  Baseline,
  DistillationResult,
  EarlyStopping,
  PacedSteps,
  SeedEvent,
  SeedsF1Result,
  SeedsR2Result,
  SeedsResult,
  TaskResult,
  TasksResultEvent,
  Verdict,
  VerdictKind,
} from "./run-outcome.js";

import type { ElsewhereResult } from "../results/elsewhere.js";
import type { EntitiesResultEvent } from "../results/entities.js";
import type { LabelsResultEvent } from "../results/labels.js";
import type { AdaptResultEvent, DomainEvent } from "./adapt-events.js";
import type { CustomResultEvent } from "./custom-event.js";
import type { BaseEvent, DataEvent, LeaksEvent, StartEvent, TrainableEvent } from "./opening-events.js";

export type {
  BaseEvent,
  DataEvent,
  LeakedPair,
  LeaksEvent,
  Part,
  StartEvent,
  TrainableEvent,
} from "./opening-events.js";

import type { PretrainResultEvent } from "./pretrain-events.js";
import type { RunEvent, ServingEvent } from "./run-events.js";

export type { LanguageScores, PretrainResultEvent } from "./pretrain-events.js";
export type { RunEvent, ServingEvent } from "./run-events.js";

import type { ClassificationScores, ForecastFacts, SplitCounts } from "../results/counts.js";
import {
  type InitReport,
  isBaseClassification,
  isCustomTask,
  type RegressionBaseline,
  type RegressionScores,
  type TableFacts,
  type TargetFacts,
  tasks,
} from "../results/task.js";
import type { TrustResult } from "../results/trust.js";

export type { ClassificationMetrics, ClassificationScores, SplitCounts } from "../results/counts.js";
export type { ElsewhereResult } from "../results/elsewhere.js";
export type { EntitiesResultEvent, EntityScores } from "../results/entities.js";
export type { LabelScores, LabelsResultEvent } from "../results/labels.js";
export type { Interval } from "../results/task.js";
export type { TrustFacts, TrustResult } from "../results/trust.js";
export type {
  AdaptCandidate,
  AdaptGain,
  AdaptResultEvent,
  DomainDistance,
  DomainEvent,
} from "./adapt-events.js";
export type { CustomResultEvent, CustomScores } from "./custom-event.js";

/** What the run will take, from measured steps. */
export interface ForecastEvent extends ForecastFacts {
  readonly event: "forecast";
  /** The same in a sentence. */
  readonly words: string;
}

/** What was taken over from another model. */
export interface InitEvent extends InitReport {
  readonly event: "init";
}

/** How far a phase is. */
export interface ProgressEvent {
  readonly event: "progress";
  readonly phase: Phase;
  readonly done: number;
  readonly total: number;
  readonly unit: ItemUnit | "steps" | "bytes" | "trials";
  readonly seconds_left?: number;
  /** Which training of the run, as in its epochs. */
  readonly stage?: string;
  /** Items a second of late: of `unit`, or of `items` where the unit is steps. */
  readonly per_second?: number;
  readonly items?: ItemUnit;
  /** Mean training loss of the last steps: of all that is minimised. */
  readonly loss?: number;
  /** Each term as it counts in the loss, where there is more than one. */
  readonly terms?: Readonly<Record<string, number>>;
  /** Highest learning rate of the last step. */
  readonly rate?: number;
  /** Memory of the process now, in units of 10⁶ bytes. */
  readonly rss_mb?: number;
}

/** What a training step is made of. */
export type ItemUnit = "pictures" | "rows" | "texts" | "samples";

/** What takes long. */
export type Phase =
  | "download"
  | "upload"
  | "scan"
  | "features"
  | "head"
  | "rate"
  /** Forms of gradients are timed on this machine, before a long training. */
  | "forms"
  | "training"
  | "scratch"
  | "evaluation"
  | "insights";

/** One pass over the training part, and its validation. */
export interface EpochEvent extends EpochValidationFields {
  readonly event: "epoch";
  /** Which training of the run: "finetune", "scratch", … */
  readonly stage: string;
  /** 1 … `of` */
  readonly epoch: number;
  readonly of: number;
  /** Mean cross-entropies, nats. */
  readonly train_loss: number;
  /** Mean of all that was minimised, where there is more than the cross-entropy; and each term as it counts in it. */
  readonly objective?: number;
  readonly terms?: Readonly<Record<string, number>>;
  /** Highest learning rate of the last step. */
  readonly rate: number;
  readonly seconds: number;
  /** The best so far by validation. */
  readonly best: boolean;
}

/** What the rate finder saw: a sweep over rates, from which one was chosen. */
export interface RateFinderEvent {
  readonly event: "rate_finder";
  /** Which training of the run it is for. */
  readonly stage: string;
  /** Peak rate of the fastest group. */
  readonly suggested: number;
  /** Of the sweep: the rates in growing order, and the smoothed training loss at each. */
  readonly rates: readonly number[];
  readonly losses: readonly number[];
  readonly seconds: number;
}

/** Something that the user should know and that stops nothing. */
export interface WarningEvent {
  readonly event: "warning";
  /** For programs: stays the same when the words change. */
  readonly code: string;
  readonly message: string;
}

/** The state was saved: a kill loses nothing before this step. */
export interface CheckpointEvent {
  readonly event: "checkpoint";
  readonly step: number;
}

/** The last event of `train`, and what the library's `train` returns. */
export interface TrainResultEvent extends CommonResult {
  readonly task: "image-classification" | "text-classification";
  readonly classes: readonly string[];
  readonly test: ClassificationScores;
  readonly validation: { readonly n: number; readonly accuracy: number; readonly loss: number };
  /** The test part once more with several views of each picture, averaged; `test` is without. */
  readonly tta?: ViewScores<ClassificationScores>;
  /** How far the model's probabilities can be trusted; missing where nothing was held out to find out. */
  readonly trust?: TrustResult;
  readonly baselines?: {
    readonly scratch?: Baseline;
    readonly probe?: Baseline;
    /** Of texts: which words they have, and logistic regression. */
    readonly tf_idf?: Baseline;
    /** Of texts: logistic regression on both, the frozen features and the words. */
    readonly hybrid?: Baseline;
    /** Always the most frequent class of the training part. */
    readonly majority?: Baseline;
    /** Of pictures: logistic regression on their pixels, made small. */
    readonly pixels?: Baseline;
    /** Of a distilled student: the same student, steps and seed without the teacher. */
    readonly without_teacher?: Baseline;
  };
  /** Of `distill`: what it learnt from. */
  readonly distillation?: DistillationResult;
  readonly verdict?: Verdict;
  /** With several seeds: each training's accuracy on the test part; `test` and the model are the first's. */
  readonly by_seed?: SeedsResult;
  /** The model on another set of the same classes (`--test`). */
  readonly elsewhere?: ElsewhereResult;
}

/** What results of all tasks have. */
type Common = Omit<
  TrainResultEvent,
  ("task" | "classes" | "test" | "validation" | "tta") | ("baselines" | "verdict" | "by_seed" | "elsewhere")
>;

/** The last event of a run that learns numbers. */
export interface RegressionResultEvent extends Common {
  readonly task: "image-regression" | "tabular-regression";
  readonly targets: readonly TargetFacts[];
  readonly split: SplitCounts;
  readonly test: RegressionScores;
  /** Of images: the test split once more with several views of each, averaged. */
  readonly tta?: ViewScores<RegressionScores>;
  readonly validation: { readonly n: number; readonly r2: number; readonly loss: number };
  readonly baselines: {
    readonly mean: RegressionBaseline;
    readonly ridge?: RegressionBaseline;
    /** Of pictures: ridge regression on their pixels, made small. */
    readonly pixel_ridge?: RegressionBaseline;
    readonly probe?: RegressionBaseline;
    readonly scratch?: RegressionBaseline;
  };
  readonly verdict?: Verdict;
  /** With several seeds: each training's R² on the test part; `test` and the model are the first's. */
  readonly by_seed?: SeedsR2Result;
  readonly table?: TableFacts;
}

/** The last event of a run that learns classes of rows. */
export interface TableResultEvent extends Common {
  readonly task: "tabular-classification";
  readonly classes: readonly string[];
  readonly test: ClassificationScores;
  /** As for pictures. */
  readonly trust?: TrustResult;
  readonly validation: { readonly n: number; readonly accuracy: number; readonly loss: number };
  readonly baselines: {
    readonly majority: Baseline;
    readonly logistic: Baseline;
    /** With `--init-from`: a head solved on the features that moved. */
    readonly probe?: Baseline;
    readonly scratch?: Baseline;
  };
  readonly verdict?: Verdict;
  readonly by_seed?: SeedsResult;
  readonly table: TableFacts;
}

/** Is it the result of a base that learnt classes of pictures or texts? */
export function isTrainResult<E extends { readonly task: string }>(
  event: E,
): event is Extract<E, { readonly task: TrainResultEvent["task"] }> {
  return isBaseClassification(event.task);
}

/** Is it the result of `train`, whatever it learnt? */
export function isTrained<E extends { readonly task: string }>(
  event: E,
): event is Extract<E, { readonly task: TrainedResult["task"] }> {
  return (tasks as readonly string[]).includes(event.task) || isCustomTask(event.task);
}

/** The result of any task that `train` has. */
export type AnyResultEvent =
  | TrainResultEvent
  | RegressionResultEvent
  | TableResultEvent
  | EntitiesResultEvent
  | LabelsResultEvent;

/** The result of a training of any task, also of one that is defined outside of the product. */
export type TrainedResult = AnyResultEvent | CustomResultEvent;

/** The last event of a command that failed. */
export interface ErrorEvent {
  readonly event: "error";
  readonly kind: string;
  readonly message: string;
  readonly at?: string;
  readonly help?: string;
  readonly exit: number;
}

/**
 * What a long task tells while it works: one event a line in `--json` and in `events.jsonl`, the same objects
 * in the library's `onEvent`. Names are JSON's (snake_case), since they are read outside TypeScript. Fields
 * may be added, never renamed.
 */
export type EngraftEvent =
  | StartEvent
  | DataEvent
  | LeaksEvent
  | DomainEvent
  | BaseEvent
  | TrainableEvent
  | ForecastEvent
  | ProgressEvent
  | EpochEvent
  | RateFinderEvent
  | WarningEvent
  | LengthsEvent
  | CheckpointEvent
  | SeedEvent
  | TrainResultEvent
  | ErrorEvent
  | RegressionResultEvent
  | TableResultEvent
  | EntitiesResultEvent
  | LabelsResultEvent
  | CustomResultEvent
  | InitEvent
  | AdaptResultEvent
  | PretrainResultEvent
  | RunEvent
  | ServingEvent
  | TasksResultEvent;

/** Called with each event, in order. */
export type OnEvent = (event: EngraftEvent) => void;
