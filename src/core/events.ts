/**
 * What a long task tells while it works: one event a line in `--json` and in `events.jsonl`, the same objects
 * in the library's `onEvent`. Names are JSON's (snake_case), since they are read outside TypeScript. Fields
 * may be added, never renamed.
 */
export type Part = "train" | "validation" | "test";

/** A two-sided 95 % interval, [low, high]. */
export type Interval = readonly [number, number];

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
  readonly task: "image-classification";
  readonly classes: readonly string[];
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
  /** sha256: equal only for the same data and split. */
  readonly fingerprint: string;
}

/** Items in each part. */
export interface SplitCounts {
  readonly train: number;
  readonly validation: number;
  readonly test: number;
  readonly seed: number;
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

/** How far a phase is. */
export interface ProgressEvent {
  readonly event: "progress";
  readonly phase: Phase;
  readonly done: number;
  readonly total: number;
  readonly unit: "pictures" | "steps" | "bytes" | "trials";
  readonly seconds_left?: number;
  /** Mean training loss of the last steps. */
  readonly loss?: number;
  /** Highest learning rate of the last step. */
  readonly rate?: number;
}

/** What takes long. */
export type Phase = "download" | "scan" | "features" | "head" | "training" | "scratch" | "evaluation";

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
  readonly validation_loss: number;
  readonly validation_accuracy: number;
  /** Highest learning rate of the last step. */
  readonly rate: number;
  readonly seconds: number;
  /** The best so far by validation. */
  readonly best: boolean;
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

/** A run beside the run, on the same data and test part. */
export interface Baseline {
  readonly test: ClassificationScores;
  readonly seconds: number;
  /** How it was trained, in one sentence. */
  readonly recipe: string;
}

/** Whether transfer was better than training from scratch. */
export interface Verdict {
  readonly transfer: "positive" | "neutral" | "negative" | "inconclusive";
  /** Accuracy of transfer − accuracy from scratch, −1 … 1, and its interval. */
  readonly gain: number;
  readonly ci95: Interval;
  /** A gain within ± this counts as none. */
  readonly margin: number;
  /** Of no difference, two-sided. */
  readonly p: number;
  readonly seeds: number;
  readonly words: string;
}

/** What a student learnt from. */
export interface DistillationResult {
  readonly teacher: { readonly name: string; readonly sha256: string; readonly license: string };
  readonly methods: readonly string[];
  /** What was compared, with its weights, and how the teacher's answers came about. */
  readonly words: string;
  readonly answers: string;
  /** The teacher's own scores on the test part; missing where its classes are others. */
  readonly test?: ClassificationScores;
  /** For the teacher's answers before the first step; 0 where it ran beside. */
  readonly seconds: number;
  /** Accuracy of the student with the teacher and without, on the test part, by seed. */
  readonly seeds: readonly {
    readonly seed: number;
    readonly accuracy: number;
    readonly without_teacher?: number;
  }[];
}

/** The last event of `train`, and what the library's `train` returns. */
export interface TrainResultEvent {
  readonly event: "result";
  readonly task: "image-classification";
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
  readonly baselines?: {
    readonly scratch?: Baseline;
    readonly probe?: Baseline;
    /** Of a distilled student: the same student, steps and seed without the teacher. */
    readonly without_teacher?: Baseline;
  };
  readonly verdict?: Verdict;
  /** Of `distill`: what it learnt from. */
  readonly distillation?: DistillationResult;
}

/** One of several tasks that were trained together. */
export interface TaskResult {
  readonly name: string;
  readonly classes: readonly string[];
  /** The output of the ONNX file that holds its raw scores. */
  readonly output: string;
  /** Pictures that are labelled for it. */
  readonly split: Omit<SplitCounts, "seed">;
  readonly test: ClassificationScores;
  readonly validation: { readonly n: number; readonly accuracy: number; readonly loss: number };
  /** What its loss was multiplied by; learnt for "uncertainty": exp(-s) at the best epoch. */
  readonly weight: number;
  /** With baselines: a model of its own, trained on this task alone, and which of the two is better. */
  readonly baseline?: Baseline;
  readonly verdict?: Verdict;
}

/** The last event of `multi-task`, and what the library's `trainTasks` returns. */
export interface TasksResultEvent {
  readonly event: "result";
  readonly task: "multi-task-image-classification";
  readonly run: string;
  readonly model: string;
  readonly base: { readonly name: string; readonly sha256: string; readonly license: string };
  readonly strategy: { readonly name: string; readonly reasons: readonly string[] };
  readonly weighting: string;
  /** Of the sampling: 1 takes pictures as they are. */
  readonly temperature: number;
  readonly tasks: readonly TaskResult[];
  /** Mean of the tasks' accuracies on their test parts. */
  readonly mean_accuracy: number;
  readonly split: SplitCounts;
  readonly trainable: { readonly parameters: number; readonly total: number };
  readonly epochs: number;
  readonly best_epoch: number;
  readonly seconds: { readonly total: number; readonly features: number; readonly training: number };
  readonly peak_rss_mb: number;
  readonly forecast: { readonly seconds: number; readonly peak_rss_mb: number };
  readonly test_looks: number;
}

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
  | BaseEvent
  | TrainableEvent
  | ForecastEvent
  | ProgressEvent
  | EpochEvent
  | WarningEvent
  | CheckpointEvent
  | TrainResultEvent
  | ErrorEvent;

/** Called with each event, in order. */
export type OnEvent = (event: EngraftEvent) => void;
