/**
 * What a long task tells while it works: one event a line in `--json` and in `events.jsonl`, the same objects
 * in the library's `onEvent`. Names are JSON's (snake_case), since they are read outside TypeScript. Fields
 * may be added, never renamed.
 */
export type Part = "train" | "validation" | "test";

/** A two-sided 95 % interval, [low, high]. */
export type Interval = readonly [number, number];

export interface StartEvent {
  readonly event: "start";
  readonly command: string;
  readonly version: string;
  readonly run?: string;
  readonly seed: number;
  readonly threads: number;
  readonly machine: string;
}
export interface DataEvent {
  readonly event: "data";
  readonly task: "image-classification";
  readonly classes: readonly string[];
  readonly split: SplitCounts;
  /** One sentence on where the parts come from ("70 / 15 / 15, stratified, seed 0"). */
  readonly split_words: string;
  readonly skipped: readonly { readonly item: string; readonly reason: string }[];
  readonly duplicates: { readonly exact: number; readonly near: number; readonly across_parts: number };
  readonly fingerprint: string;
}
export interface SplitCounts {
  readonly train: number;
  readonly validation: number;
  readonly test: number;
  readonly seed: number;
}
export interface BaseEvent {
  readonly event: "base";
  readonly name: string;
  readonly sha256: string;
  readonly license: string;
  readonly input: string;
  readonly cut: string;
  readonly features: number;
}
/** What trains: printed before the first step. */
export interface TrainableEvent {
  readonly event: "trainable";
  readonly strategy: string;
  readonly reasons: readonly string[];
  readonly parameters: number;
  readonly total: number;
  readonly groups: readonly {
    readonly name: string;
    readonly parameters: number;
    readonly values: number;
    readonly rate: number;
  }[];
}
export interface ForecastEvent {
  readonly event: "forecast";
  readonly seconds: number;
  readonly peak_rss_mb: number;
  readonly words: string;
}
export interface ProgressEvent {
  readonly event: "progress";
  readonly phase: Phase;
  readonly done: number;
  readonly total: number;
  readonly unit: "pictures" | "steps" | "bytes" | "trials";
  readonly seconds_left?: number;
  readonly loss?: number;
  readonly rate?: number;
}
export type Phase = "download" | "scan" | "features" | "head" | "training" | "scratch" | "evaluation";
export interface EpochEvent {
  readonly event: "epoch";
  /** "head", "all" or "scratch": which stage of the run. */
  readonly stage: string;
  readonly epoch: number;
  readonly of: number;
  readonly train_loss: number;
  readonly validation_loss: number;
  readonly validation_accuracy: number;
  readonly rate: number;
  readonly seconds: number;
  readonly best: boolean;
}
export interface WarningEvent {
  readonly event: "warning";
  readonly code: string;
  readonly message: string;
}
export interface CheckpointEvent {
  readonly event: "checkpoint";
  readonly step: number;
}

/** Scores of one classifier on one set of items. */
export interface ClassificationScores {
  readonly n: number;
  readonly metric: {
    readonly name: "accuracy";
    readonly value: number;
    /** Wilson score interval over the items. */
    readonly ci95: Interval;
    readonly higher_is_better: true;
  };
  readonly accuracy: number;
  readonly accuracy_ci95: Interval;
  readonly macro_f1: number;
  /** Mean cross-entropy in nats. */
  readonly loss: number;
  /** Expected calibration error, 15 equal-width bins. */
  readonly ece: number;
  readonly per_class: readonly {
    readonly label: string;
    readonly n: number;
    readonly precision: number;
    readonly recall: number;
    readonly f1: number;
  }[];
  /** confusion[true][predicted], counts. */
  readonly confusion: readonly (readonly number[])[];
  /** Pairs that were mixed up most, worst first. */
  readonly most_confused: readonly {
    readonly true: string;
    readonly predicted: string;
    readonly count: number;
  }[];
  /** Items with the highest loss, worst first. */
  readonly worst: readonly {
    readonly item: string;
    readonly true: string;
    readonly predicted: string;
    readonly score: number;
  }[];
}
export interface Baseline {
  readonly test: ClassificationScores;
  readonly seconds: number;
  /** How it was trained, in one sentence. */
  readonly recipe: string;
}
export interface Verdict {
  readonly transfer: "positive" | "neutral" | "negative" | "inconclusive";
  readonly gain: number;
  readonly ci95: Interval;
  readonly margin: number;
  readonly p: number;
  readonly seeds: number;
  readonly words: string;
}
export interface TrainResultEvent {
  readonly event: "result";
  readonly task: "image-classification";
  readonly run: string;
  readonly model: string;
  readonly base: { readonly name: string; readonly sha256: string; readonly license: string };
  readonly strategy: { readonly name: string; readonly reasons: readonly string[] };
  readonly classes: readonly string[];
  readonly split: SplitCounts;
  readonly trainable: { readonly parameters: number; readonly total: number };
  readonly epochs: number;
  readonly best_epoch: number;
  readonly test: ClassificationScores;
  readonly validation: { readonly n: number; readonly accuracy: number; readonly loss: number };
  readonly seconds: { readonly total: number; readonly features: number; readonly training: number };
  readonly peak_rss_mb: number;
  readonly forecast: { readonly seconds: number; readonly peak_rss_mb: number };
  /** How often this very test part has been scored before, counted by its fingerprint across runs. */
  readonly test_looks: number;
  readonly baselines?: { readonly scratch?: Baseline; readonly probe?: Baseline };
  readonly verdict?: Verdict;
}
export interface ErrorEvent {
  readonly event: "error";
  readonly kind: string;
  readonly message: string;
  readonly at?: string;
  readonly help?: string;
  readonly exit: number;
}

export type EngraftEvent =
  | StartEvent
  | DataEvent
  | BaseEvent
  | TrainableEvent
  | ForecastEvent
  | ProgressEvent
  | EpochEvent
  | WarningEvent
  | CheckpointEvent
  | TrainResultEvent
  | ErrorEvent;

export type OnEvent = (event: EngraftEvent) => void;
