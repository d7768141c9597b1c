import type {
  Baseline,
  DistillationResult,
  SeedEvent,
  SeedsResult,
  TasksResultEvent,
  Verdict,
} from "./beside-events.js";
import type { LengthsEvent } from "./lengths-event.js";

export type {
  Baseline,
  DistillationResult,
  SeedEvent,
  SeedsResult,
  TaskResult,
  TasksResultEvent,
  Verdict,
} from "./beside-events.js";

import type { AdaptResultEvent, DomainEvent } from "./adapt-events.js";
import type { RunEvent, ServingEvent } from "./run-events.js";

export type { RunEvent, ServingEvent } from "./run-events.js";

import type { ClassificationScores, SplitCounts } from "./counts.js";
import type {
  InitReport,
  RegressionBaseline,
  RegressionScores,
  TableFacts,
  TargetFacts,
  Task,
} from "./task.js";

export type { AdaptCandidate, AdaptResultEvent, DomainDistance, DomainEvent } from "./adapt-events.js";
export type { ClassificationScores, SplitCounts } from "./counts.js";
export type { Interval } from "./task.js";

/**
 * What a long task tells while it works: one event a line in `--json` and in `events.jsonl`, the same objects
 * in the library's `onEvent`. Names are JSON's (snake_case), since they are read outside TypeScript. Fields
 * may be added, never renamed.
 */
export type Part = "train" | "validation" | "test";

/** The first of a run: what it is, and on what. */
export interface StartEvent {
  readonly event: "start";
  /** The command line that does the same. */
  readonly command: string;
  /** Of the runtime. */
  readonly version: string;
  /** The run folder. */
  readonly run?: string;
  readonly seed: number;
  readonly threads: number;
  readonly machine: string;
}

/** The data, looked at: classes, parts, what was left out. */
export interface DataEvent {
  readonly event: "data";
  readonly task: Task;
  /** Empty where numbers are learnt. */
  readonly classes: readonly string[];
  /** Columns whose numbers are learnt. */
  readonly targets?: readonly string[];
  readonly table?: TableFacts;
  readonly split: SplitCounts;
  /** One sentence on where the parts come from ("70 / 15 / 15, stratified, seed 0"). */
  readonly split_words: string;
  /** Of several tasks on one body: each with its classes and labelled pictures. */
  readonly tasks?: readonly {
    readonly name: string;
    readonly classes: readonly string[];
    readonly labelled: number;
  }[];
  readonly skipped: readonly { readonly item: string; readonly reason: string }[];
  /** Copies of other items: exact ones, near ones, and those whose original is in another given part. */
  readonly duplicates: { readonly exact: number; readonly near: number; readonly across_parts: number };
  /** Pairs on two sides of the split that should not be: at most 200. */
  readonly leaks?: readonly LeakedPair[];
  /** sha256: equal only for the same data and split. */
  readonly fingerprint: string;
}

/** Two items on two sides of a split that are one thing; `item` is in the part that learns or chooses. */
export interface LeakedPair {
  readonly kind: "exact" | "near" | "group" | "features";
  readonly item: string;
  readonly part: Part;
  readonly other: string;
  readonly other_part: Part;
  readonly left_out?: true;
}

/** Pictures that the base finds hardly different, across the parts: told when its features are there. */
export interface LeaksEvent {
  readonly event: "leaks";
  readonly found: number;
  /** At most 200, the closest first. */
  readonly leaks: readonly (LeakedPair & {
    /** 1 − cosine, as a share of the usual distance. */ readonly distance: number;
  })[];
}

/** What the run starts from, and where its new head begins. */
export interface BaseEvent {
  readonly event: "base";
  readonly name: string;
  readonly sha256: string;
  readonly license: string;
  /** `float32[batch, 3, 224, 224] at 224 × 224` */
  readonly input: string;
  /** The value it was cut at, and why there. */
  readonly cut: string;
  /** Features an item. */
  readonly features: number;
  /** What the importer did to the file, in words. */
  readonly notes?: readonly string[];
}

/** What trains: printed before the first step. */
export interface TrainableEvent {
  readonly event: "trainable";
  readonly strategy: string;
  readonly reasons: readonly string[];
  /** Numbers that train, and all numbers of the model. */
  readonly parameters: number;
  readonly total: number;
  readonly groups: readonly {
    readonly name: string;
    readonly parameters: number;
    /** Weights that hold them. */
    readonly values: number;
    /** Peak learning rate; 0 for a head that is solved. */
    readonly rate: number;
    /** Epochs that are over before it moves. Default 0. */
    readonly from?: number;
  }[];
}

/** What the run will take, from measured steps. */
export interface ForecastEvent {
  readonly event: "forecast";
  readonly seconds: number;
  /** Most memory of the process, in units of 10⁶ bytes. */
  readonly peak_rss_mb: number;
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
  readonly unit: "pictures" | "rows" | "texts" | "steps" | "bytes" | "trials";
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
export type ItemUnit = "pictures" | "rows" | "texts";

/** What takes long. */
export type Phase =
  | "download"
  | "scan"
  | "features"
  | "head"
  | "rate"
  | "training"
  | "scratch"
  | "evaluation";

/** One pass over the training part, and its validation. */
export interface EpochEvent {
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
  readonly validation_loss: number;
  readonly validation_accuracy: number;
  /** What the epoch is judged by where it is not the accuracy (which is then null). */
  readonly validation_metric?: { readonly name: "r2"; readonly value: number };
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
export interface TrainResultEvent {
  readonly event: "result";
  readonly task: "image-classification" | "text-classification";
  /** The run folder, and the model folder in it. */
  readonly run: string;
  readonly model: string;
  readonly base: { readonly name: string; readonly sha256: string; readonly license: string };
  readonly strategy: { readonly name: string; readonly reasons: readonly string[] };
  readonly classes: readonly string[];
  readonly split: SplitCounts;
  readonly trainable: { readonly parameters: number; readonly total: number };
  /** 0 for a probe: it is solved, not trained. */
  readonly epochs: number;
  /** The epoch whose weights were kept; 0: those that training started from. */
  readonly best_epoch: number;
  readonly test: ClassificationScores;
  readonly validation: { readonly n: number; readonly accuracy: number; readonly loss: number };
  readonly seconds: { readonly total: number; readonly features: number; readonly training: number };
  readonly peak_rss_mb: number;
  readonly forecast: { readonly seconds: number; readonly peak_rss_mb: number };
  /** How often this very test part has been scored before, counted by its fingerprint across runs. */
  readonly test_looks: number;
  /** The test part once more with several views of each picture, averaged; `test` is without. */
  readonly tta?: { readonly views: number; readonly test: ClassificationScores };
  /** The peak rate that the finder chose, where it was asked. */
  readonly rate_found?: number;
  /** The average of several epochs' weights, where one was asked for: which epochs, and whether it was kept. */
  readonly average?: {
    readonly kind: "swa" | "soup";
    readonly epochs: readonly number[];
    readonly validation: { readonly loss: number; readonly accuracy: number };
    readonly kept: boolean;
  };
  /** Where training diverged and was ended; the best weights before are what was kept. */
  readonly diverged?: {
    readonly step: number;
    readonly rate: number;
    /** What the rate finder suggests instead; missing where it found nothing. */
    readonly suggested?: number;
  };
  readonly baselines?: {
    readonly scratch?: Baseline;
    readonly probe?: Baseline;
    /** Of texts: which words they have, and logistic regression. */
    readonly tf_idf?: Baseline;
    /** Of a distilled student: the same student, steps and seed without the teacher. */
    readonly without_teacher?: Baseline;
  };
  /** Of `distill`: what it learnt from. */
  readonly distillation?: DistillationResult;
  readonly verdict?: Verdict;
  /** With several seeds: each training's accuracy on the test part; `test` and the model are the first's. */
  readonly by_seed?: SeedsResult;
  /** What was taken over from another model (`--init-from`). */
  readonly init?: InitReport;
}

/** What results of all tasks have. */
type Common = Omit<
  TrainResultEvent,
  "task" | "classes" | "test" | "validation" | "baselines" | "verdict" | "init"
> & { readonly init?: InitReport };

/** The last event of a run that learns numbers. */
export interface RegressionResultEvent extends Common {
  readonly task: "image-regression" | "tabular-regression";
  readonly targets: readonly TargetFacts[];
  readonly split: SplitCounts;
  readonly test: RegressionScores;
  readonly validation: { readonly n: number; readonly r2: number; readonly loss: number };
  readonly baselines: {
    readonly mean: RegressionBaseline;
    readonly ridge?: RegressionBaseline;
    readonly probe?: RegressionBaseline;
    readonly scratch?: RegressionBaseline;
  };
  readonly verdict?: Verdict;
  readonly table?: TableFacts;
}

/** The last event of a run that learns classes of rows. */
export interface TableResultEvent extends Common {
  readonly task: "tabular-classification";
  readonly classes: readonly string[];
  readonly test: ClassificationScores;
  readonly validation: { readonly n: number; readonly accuracy: number; readonly loss: number };
  readonly baselines: {
    readonly majority: Baseline;
    readonly logistic: Baseline;
    readonly scratch?: Baseline;
  };
  readonly verdict?: Verdict;
  readonly table: TableFacts;
}

/** The result of any task. */
/** Is it the result of a base that learnt classes of pictures or texts? */
export function isTrainResult<E extends { readonly task: string }>(
  event: E,
): event is Extract<E, { readonly task: TrainResultEvent["task"] }> {
  return event.task === "image-classification" || event.task === "text-classification";
}

export type AnyResultEvent = TrainResultEvent | RegressionResultEvent | TableResultEvent;
/** The last event of a command that failed. */
export interface ErrorEvent {
  readonly event: "error";
  readonly kind: string;
  readonly message: string;
  readonly at?: string;
  readonly help?: string;
  readonly exit: number;
}

/** Everything that a task says. */
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
  | InitEvent
  | AdaptResultEvent
  | RunEvent
  | ServingEvent
  | TasksResultEvent;

/** Called with each event, in order. */
export type OnEvent = (event: EngraftEvent) => void;
