import type { Message, StrategyFacts } from "../../core/messages/message.js";
import type { BaseFacts } from "../results/base-facts.js";
import type { BaselineOf, Effort, ScratchFacts } from "../results/baseline.js";
import type { ClassificationScores, ForecastFacts, OverSeeds, SplitCounts } from "../results/counts.js";
import type { Interval } from "../results/task.js";

/** Where training diverged and was ended; the best weights before are what was kept. */
export interface DivergedFacts {
  readonly step: number;
  readonly rate: number;
  /** What the rate finder suggests instead; missing where it found nothing. */
  readonly suggested?: number;
}

/** Why a training ended before its last epoch. */
export interface EarlyStopping {
  /** Epochs that it would have made. */
  readonly of: number;
  /** "no improvement": in `patience` epochs. "perfect validation": each item right, with a loss as low as so many items support. */
  readonly because: "no improvement" | "perfect validation";
}

/** Steps of a training whose end was moved to end within its budget. */
export interface PacedSteps {
  /** As measured before it began. */
  readonly planned: number;
  /** That it made. */
  readonly steps: number;
}

/** A run beside the run, on the same data and test part. */
export type Baseline = BaselineOf<ClassificationScores>;

/** Of `--safe`: which of the two models was kept, by validation. */
export interface SafeChoice {
  readonly kept: "transfer" | "scratch";
  /** What `validation`, `difference` and `other` are in. Missing: accuracy. */
  readonly metric?: ScoreName;
  readonly validation: { readonly transfer: number; readonly scratch: number };
  /** Share of validation samples that the transfer is right on more than the model from scratch, of these two models. */
  readonly difference?: {
    readonly gain: number;
    readonly n: number;
    /** null: both are right on the same samples, or the samples are of too few groups. */
    readonly models_ci95: Interval | null;
    /** Share of such choices that keep the wrong model if the two truly differ by 2 points. */
    readonly wrong_at_2_points?: number;
    /** There, and true, with fewer than 10 groups: they are too few for an interval. */
    readonly few_groups?: true;
  };
  /** Score of the other on the test part. */
  readonly other: number;
  readonly words: string;
}

/** Whether transfer was better than training from scratch. */
export interface Verdict {
  /**
   * "positive": better than from scratch, and no method without a pretrained model is ahead. "negative": worse than from scratch,
   * or shown to be worse than such a method. "neutral": no difference larger than the margin. "inconclusive": everything else.
   */
  readonly transfer: "positive" | "neutral" | "negative" | "inconclusive";
  /** The reason; missing in records of Engraft 0.1. */
  readonly kind?: VerdictKind;
  /** There if nothing is pretrained: the baseline that the network is compared with. `transfer` then says if it is better. */
  readonly against?: string;
  /** Score of transfer − score from scratch, and its confidence interval; null where there is none: see `why`. */
  readonly gain: number;
  readonly ci95: Interval | null;
  /** A gain within ± this counts as none. */
  readonly margin: number;
  /** Of no difference, two-sided; null where there is no interval. */
  readonly p: number | null;
  readonly seeds: number;
  readonly words: string;
  /** Mean scores of the two. */
  readonly values?: { readonly a: number; readonly b: number };
  /** "models": the interval is of these two trained models; other trainings may differ. */
  readonly of?: "models" | "trainings";
  readonly why?: "one sample" | "few groups" | "identical" | "no variance" | "undefined";
  /** Test samples that both were scored on, and their groups. */
  readonly items?: number;
  readonly groups?: number;
  /** A method without a pretrained model that is ahead of transfer; of several, the best by validation. */
  readonly ahead?: {
    readonly name: string;
    /** Its score; missing in records of Engraft 0.1. */
    readonly value?: number;
    /** Its score − the score of transfer, above 0. */
    readonly gain: number;
    readonly ci95: Interval | null;
    /** True if chance does not explain it. */
    readonly shown: boolean;
    /** Time that it took. */
    readonly seconds?: number;
  };
  /** The baseline with the highest validation score, from scratch included. Missing if one of these scores is not known. */
  readonly best_baseline?: {
    readonly name: string;
    /** Its score on the test samples, and on the validation samples. */
    readonly value: number;
    readonly validation: number;
    /** True if it uses the pretrained model, as the linear probe does. */
    readonly needs_base: boolean;
    /** Score of transfer − its score. */
    readonly gain: number;
    readonly ci95: Interval | null;
  };
  /** The linear probe, where more than the head was trained. */
  readonly probe?: {
    readonly value: number;
    /** Score of transfer − its score. */
    readonly gain: number;
    readonly ci95: Interval | null;
    readonly ci90: Interval | null;
    /** "equivalent": no difference larger than the margin. With one seed of these two models. */
    readonly finding: "better" | "worse" | "equivalent" | "undecided";
  };
  /** Baselines whose scores are no finite numbers. */
  readonly left_out?: readonly string[];
  /** Steps of the run from scratch; of several seeds the most. */
  readonly scratch_steps?: number;
  /** Why it ended; "budget" if that is so for one of the seeds. */
  readonly scratch_ended?: ScratchFacts["ended"];
  /** What the run itself took, and what the run from scratch did: of the first seed. Transfer has none if its head was solved. */
  readonly effort?: { readonly transfer?: Effort; readonly scratch: Effort };
  /** There, and false, where the run from scratch learnt nothing. */
  readonly scratch_learnt?: false;
  /** There, and true, where a class has fewer than 10 test samples: the words begin with it. */
  readonly few?: true;
  /** If it is undecided: what would show a gain of `worth` four times in five; null: not within reach. */
  readonly needed?: {
    readonly worth?: number;
    /** Test samples with these seeds. */
    readonly items: number | null;
    /** Trainings of each on these samples. */
    readonly seeds: number | null;
  };
}

/** Why a verdict is what it is. */
export type VerdictKind =
  | "better"
  | "worse"
  | "equivalent"
  | "undecided"
  | "baseline better"
  | "baseline ahead"
  | "scratch not learnt"
  | "scratch improving"
  | "one training"
  | "no interval";

/** The score of a task: of classes, of labels and entities, of numbers. */
export type ScoreName = "accuracy" | "f1" | "r2";

/** Score of each training on the test split, where the trainings differ in their seed alone. */
export type SeedsBy<Score extends ScoreName> = {
  readonly runs: readonly ({
    readonly seed: number;
    /** Score of its run from scratch, with baselines. */
    readonly scratch?: number;
    /** Of a distilled student: score of the same student without the teacher. */
    readonly without_teacher?: number;
  } & Readonly<Record<Score, number>>)[];
  readonly scratch?: OverSeeds;
  readonly seconds: number;
} & Readonly<Record<Score, OverSeeds>>;

export type SeedsResult = SeedsBy<"accuracy">;
/** By the F1 of entities, or the micro F1 of labels. */
export type SeedsF1Result = SeedsBy<"f1">;
/** By the mean R² of the numbers. */
export type SeedsR2Result = SeedsBy<"r2">;

/** A training of another seed ended; the run's own model and scores are there already. */
export interface SeedEvent extends Partial<Readonly<Record<ScoreName, number>>> {
  readonly event: "seed";
  readonly seed: number;
  /** Score of its run from scratch, with baselines. */
  readonly scratch?: number;
  /** Of a distilled student: score of the same student without the teacher. */
  readonly without_teacher?: number;
  /** 1 … `of` */
  readonly number: number;
  readonly of: number;
}

/** What a student learnt from. */
export interface DistillationResult {
  readonly teacher: BaseFacts;
  readonly methods: readonly string[];
  /** What was compared, with its weights, and how the teacher's answers came about. */
  readonly words: string;
  readonly answers: string;
  /** Both for reports in other languages. Missing in runs of older versions. */
  readonly messages?: readonly Message[];
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
  /** With baselines: always the most frequent class; and the linear probe if more than the heads was trained. */
  readonly baselines?: { readonly majority: Baseline; readonly probe?: Baseline };
  readonly verdict?: Verdict;
}

/** The last event of `multi-task`, and what the library's `trainTasks` returns. */
export interface TasksResultEvent {
  readonly event: "result";
  readonly task: "multi-task-image-classification";
  readonly run: string;
  readonly model: string;
  readonly base: BaseFacts;
  readonly strategy: StrategyFacts;
  readonly weighting: string;
  /** Of the sampling: 1 takes pictures as they are. */
  readonly temperature: number;
  readonly tasks: readonly TaskResult[];
  /** Mean of the tasks' accuracies on their test parts. */
  readonly mean_accuracy: number;
  readonly diverged?: DivergedFacts;
  readonly split: SplitCounts;
  readonly trainable: { readonly parameters: number; readonly total: number };
  readonly epochs: number;
  readonly best_epoch: number;
  /** best_epoch is the last one, since that was asked for (keep=last); missing: the best by validation. */
  readonly kept?: "last";
  /** Missing where training went on to its last epoch. */
  readonly early_stopping?: EarlyStopping;
  /** With a budget, where it made over a tenth more or fewer steps than planned. */
  readonly paced?: PacedSteps;
  readonly seconds: { readonly total: number; readonly features: number; readonly training: number };
  readonly peak_rss_mb: number;
  readonly forecast: ForecastFacts;
  readonly test_looks: number;
}
