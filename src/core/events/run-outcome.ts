import type { Message, StrategyFacts } from "../../core/messages/message.js";
import type { BaseFacts } from "../results/base-facts.js";
import type { BaselineOf, Effort, ScratchFacts } from "../results/baseline.js";
import type { ClassificationScores, ForecastFacts, OverSeeds, SplitCounts } from "../results/counts.js";
import type { NamedScore, ScoreName } from "../results/metric.js";
import type { Interval, SeveralTasks } from "../results/task.js";

/** Divergence of a training, which ended it; the best weights before were kept. */
export interface DivergedFacts {
  readonly step: number;
  readonly rate: number;
  /** Rate suggested by the rate finder; missing if it found none. */
  readonly suggested?: number;
}

/** Why a training ended before its last epoch. */
export interface EarlyStopping {
  /** Planned number of epochs. */
  readonly of: number;
  /**
   * "no improvement": for `patience` epochs. "perfect validation": each item right, with a loss as low as so many items
   * support.
   */
  readonly because: "no improvement" | "perfect validation";
}

/** Steps of a training whose end was moved to keep to its budget. */
export interface PacedSteps {
  /** Planned before it began. */
  readonly planned: number;
  /** Actual number. */
  readonly steps: number;
}

/** A training or method that a run is compared with, on the same data and test split. */
export type Baseline = BaselineOf<ClassificationScores>;

/** Which of the two models was kept, by validation. */
export interface SafeChoice {
  readonly kept: "transfer" | "scratch";
  /** Strategy of the run's model if that uses no pretrained one. "transfer" then stands for this model. */
  readonly own?: string;
  /** Metric of `validation`, `difference` and `other`. Missing: accuracy. */
  readonly metric?: ScoreName;
  readonly validation: { readonly transfer: number; readonly scratch: number };
  /** Share of validation samples on which transfer is right more often than from scratch, for these two models. */
  readonly difference?: {
    readonly gain: number;
    readonly n: number;
    /** null: both are right on the same samples, or there are too few groups. */
    readonly models_ci95: Interval | null;
    /** Share of such choices that keep the wrong model if the two truly differ by 2 points. */
    readonly wrong_at_2_points?: number;
    /** Set with fewer than 10 groups: too few for an interval. */
    readonly few_groups?: true;
  };
  /** Losses on validation, if the transfer is kept only because of them: the model from scratch is better by score, but not by loss. */
  readonly losses?: { readonly transfer: number; readonly scratch: number };
  /** Test score of the other model. */
  readonly other: number;
  readonly words: string;
}

/** Whether transfer was better than training from scratch. */
export interface Verdict {
  /**
   * "positive": better than from scratch, and no method without a pretrained model is ahead. "negative": worse than from scratch,
   * or significantly worse than a method without one. "neutral": no difference larger than the margin. "inconclusive": everything else.
   */
  readonly transfer: "positive" | "neutral" | "negative" | "inconclusive";
  readonly kind: VerdictKind;
  /** What the sentences say: the reason in more detail. Each table of sentences has a row for it. */
  readonly decision: VerdictDecision;
  /** The sentences of `words` by their codes, `decision` among them. */
  readonly sentences: readonly VerdictSentence[];
  /** What is judged, and in which metric. */
  readonly subject: VerdictSubject;
  readonly metric: ScoreName;
  /** Test samples in the plural: "pictures". */
  readonly samples: string;
  /**
   * Set if nothing is pretrained, or nothing was trained from scratch: the baseline that the model is compared with. `transfer` then says if
   * the model is better; of a pretrained one, only if it is not.
   */
  readonly against?: string;
  /** Score of transfer − score from scratch, and its confidence interval; null if there is none: see `why`. */
  readonly gain: number;
  readonly ci95: Interval | null;
  /** The same at 90 %, by which two trainings are called equivalent. */
  readonly ci90: Interval | null;
  /** A gain within ± this counts as none. */
  readonly margin: number;
  /** p of no difference, two-sided; null if there is no interval. */
  readonly p: number | null;
  readonly seeds: number;
  readonly words: string;
  /** Mean scores of the two. */
  readonly values: { readonly a: number; readonly b: number };
  /** "models": the interval is for these two trained models; other trainings may differ. */
  readonly of: "models" | "trainings";
  readonly why?: "one sample" | "few groups" | "identical" | "no variance" | "undefined" | "untrained";
  /** Set if no epoch of one side improved on its start: of `values` a or b. */
  readonly kept_start?: "a" | "b";
  /** Test samples that both were scored on, and their groups. */
  readonly items: number;
  readonly groups?: number;
  /** A method without a pretrained model that is ahead of transfer; of several the best by validation. */
  readonly ahead?: {
    readonly name: string;
    readonly value: number;
    /** Its score − the score of transfer, above 0. */
    readonly gain: number;
    readonly ci95: Interval | null;
    /** True if the lead is significant. */
    readonly shown: boolean;
    /** Seconds of its training. */
    readonly seconds?: number;
  };
  /** The baseline with the highest validation score, including from scratch. Missing if a score is unknown. */
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
  /** The linear probe, if more than the head was trained. */
  readonly probe?: {
    readonly value: number;
    /** Score of transfer − its score. */
    readonly gain: number;
    readonly ci95: Interval | null;
    readonly ci90: Interval | null;
    /** "equivalent": no difference larger than the margin. With one seed for these two models. */
    readonly finding: "better" | "worse" | "equivalent" | "undecided";
  };
  /** Baselines whose scores are not finite. */
  readonly left_out?: readonly string[];
  /** Set if the model is pretrained, and nothing was trained from scratch: `subject` is "model", and it is not known whether transfer helped. */
  readonly without_scratch?: true;
  /** Steps of the run from scratch; of several seeds the most. */
  readonly scratch_steps?: number;
  /** Why it ended; "budget" if that is so for one of the seeds. */
  readonly scratch_ended?: ScratchFacts["ended"];
  /** Effort of the run and of the run from scratch, for the first seed. Transfer has none if its head was solved. */
  readonly effort?: { readonly transfer?: Effort; readonly scratch: Effort };
  /** Set to false if the run from scratch learnt nothing. */
  readonly scratch_learnt?: false;
  /** The class with the fewest test samples if these are fewer than 10: the words begin with it. */
  readonly few?: { readonly name: string; readonly items: number };
  /** If it is undecided: what would show a gain of `worth` with 80 % power; null: not within reach. */
  readonly needed?: {
    readonly worth: number;
    /** Test samples with these seeds. */
    readonly items: number | null;
    /** Trainings of each on these samples. */
    readonly seeds: number | null;
  };
}

/** What a verdict judges: transfer against training from scratch, a teacher, training together, or a model without pretraining. */
export type VerdictSubject = "transfer" | "teacher" | "together" | "model";

/** A decision with what it rests on. */
export type VerdictDecision =
  | "better"
  | "worse"
  | "equivalent"
  | "undecided"
  | "baseline better"
  | "baseline ahead"
  | "nothing learnt"
  | "nothing learnt, saved time"
  | "neither learnt"
  | "improving"
  | "improving, saved time"
  | "one training"
  | "few samples"
  | "few groups"
  | "identical"
  | "no variance"
  | "undefined"
  | "untrained";

/** A sentence of a verdict. */
export type VerdictSentence =
  | VerdictDecision
  | "kept start"
  | "nothing comparable"
  | "class without samples"
  | "class with few samples"
  | "ahead only of it"
  | "not ahead of it"
  | "it learnt nothing"
  | "rival ahead"
  | "seeds would tell"
  | "not known of others"
  | "study"
  | "out of reach"
  | "scratch cut short"
  | "scratch steps"
  | "both steps"
  | "no scratch"
  | "probe as good"
  | "probe better"
  | "best baseline"
  | "left out";

/** Reason of a verdict. */
export type VerdictKind =
  | "better"
  | "worse"
  | "equivalent"
  | "undecided"
  | "baseline better"
  | "baseline ahead"
  | "scratch not learnt"
  | "neither learnt"
  | "scratch improving"
  | "one training"
  | "no interval";

/** Test score of each training; the trainings differ only in their seed. */
export type SeedsBy<Score extends ScoreName> = {
  readonly runs: readonly ({
    readonly seed: number;
    /** Score of its run from scratch, with baselines. */
    readonly scratch?: number;
    /** For a distilled student: score of the same student without the teacher. */
    readonly without_teacher?: number;
  } & Readonly<Record<Score, number>>)[];
  readonly scratch?: OverSeeds;
  readonly seconds: number;
} & Readonly<Record<Score, OverSeeds>>;

export type SeedsResult = SeedsBy<"accuracy">;
/** F1 of entities, or micro F1 of labels, by seed. */
export type SeedsF1Result = SeedsBy<"f1">;
/** Mean R² of the numbers, by seed. */
export type SeedsR2Result = SeedsBy<"r2">;
/** Scores by seed, of any task. */
export type AnySeedsResult = { readonly [S in ScoreName]: SeedsBy<S> }[ScoreName];

/** A training with another seed ended; the run's own model and scores exist already. */
export interface SeedEvent extends NamedScore {
  readonly event: "seed";
  readonly seed: number;
  /** Score of its run from scratch, with baselines. */
  readonly scratch?: number;
  /** For a distilled student: score of the same student without the teacher. */
  readonly without_teacher?: number;
  /** 1 … `of` */
  readonly number: number;
  readonly of: number;
}

/** The teacher of a student. */
export interface DistillationResult {
  readonly teacher: BaseFacts;
  readonly methods: readonly string[];
  /** What was compared, with its weights, and how the teacher's predictions were made. */
  readonly words: string;
  readonly answers: string;
  /** Both for reports in other languages. */
  readonly messages: readonly Message[];
  /** The teacher's own test scores; missing if its classes differ. */
  readonly test?: ClassificationScores;
  /** Seconds for the teacher's predictions before the first step; 0 if it ran during training. */
  readonly seconds: number;
  /** Test accuracy of the student with and without the teacher, by seed. */
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
  /** Output of the ONNX file with its logits. */
  readonly output: string;
  /** Samples labelled for it. */
  readonly split: Omit<SplitCounts, "seed">;
  readonly test: ClassificationScores;
  readonly validation: { readonly n: number; readonly accuracy: number; readonly loss: number };
  /** Weight of its loss; learnt for "uncertainty": exp(-s) at the best epoch. */
  readonly weight: number;
  /** With baselines: a separate model trained on this task alone, and which of the two is better. */
  readonly baseline?: Baseline;
  /** With baselines: the most frequent class; and the linear probe if more than the heads was trained. */
  readonly baselines?: { readonly majority: Baseline; readonly probe?: Baseline };
  readonly verdict?: Verdict;
}

/** The last event of `multi-task`, and what the library's `trainTasks` returns. */
export interface TasksResultEvent {
  readonly event: "result";
  readonly task: SeveralTasks;
  readonly run: string;
  readonly model: string;
  readonly base: BaseFacts;
  readonly strategy: StrategyFacts;
  readonly weighting: string;
  /** Temperature of the sampling: 1 takes samples as they are. */
  readonly temperature: number;
  readonly tasks: readonly TaskResult[];
  /** Mean of the tasks' accuracies on their test parts. */
  readonly mean_accuracy: number;
  readonly diverged?: DivergedFacts;
  readonly split: SplitCounts;
  readonly trainable: { readonly parameters: number; readonly total: number };
  readonly epochs: number;
  readonly best_epoch: number;
  /** best_epoch is the last one because of keep=last; missing: the best by validation. */
  readonly kept?: "last";
  /** Missing if training made all epochs. */
  readonly early_stopping?: EarlyStopping;
  /** With a budget, if it made over a tenth more or fewer steps than planned. */
  readonly paced?: PacedSteps;
  readonly seconds: { readonly total: number; readonly features: number; readonly training: number };
  readonly peak_rss_mb: number;
  readonly forecast: ForecastFacts;
  readonly test_looks: number;
}

/** A linear model on the features of one base, or of all. */
export interface PartScore {
  /** Accuracy or R² on samples that it was not fitted on: by folds, or for over 5,000 samples on the validation split. */
  readonly validation: number;
  readonly test: number;
  readonly ci95: Interval | null;
}

/** What each of several joined bases gives alone: linear models on its features. */
export interface JoinedFacts {
  readonly metric: "accuracy" | "r2";
  readonly parts: readonly (PartScore & {
    readonly name: string;
    /** Score of all together minus its own, on the test split. */
    readonly gain: { readonly value: number; readonly ci95: Interval | null };
    /**
     * Mean distance between its features here and those of the base alone, whose pictures are not resized twice, in lengths of a row.
     * Missing: it takes pictures of the same size.
     */
    readonly distance?: number;
  })[];
  readonly together: PartScore;
  /** The base that is best alone, by `validation`. */
  readonly best: string;
  /** What the other inputs add to the best one alone, in words. Missing: the bases read the same input. */
  readonly words?: string;
  readonly message?: Message;
}

/** A source of an extended model. */
export interface ExtendedSource {
  readonly name: string;
  readonly kind: "run" | "sums" | "data";
  /** Samples that it adds to the feature sums. */
  readonly samples: number;
}

/** Score of a model on the old test samples. */
export interface OldTestScore {
  /** Accuracy, or R². */
  readonly score: number;
  readonly ci95?: Interval;
}

/** The test samples of the first source, before and after. */
export interface OldTest {
  readonly n: number;
  readonly metric: "accuracy" | "r2";
  readonly before: OldTestScore;
  readonly after: OldTestScore;
  /** Predictions that turned right, and that turned wrong. Missing for numbers. */
  readonly flips?: {
    readonly fixed: number;
    readonly broken: number;
    /** McNemar's exact test. */
    readonly p: number;
  };
  /** A linear probe that was trained on all samples together (`--joint`). */
  readonly joint?: OldTestScore;
}

/** A file of feature sums among several sources. */
export interface HolderFacts {
  readonly name: string;
  readonly samples: number;
  readonly metric: OldTest["metric"];
  /** True if its sums lower the score on the validation samples by more than chance: the model does without them. */
  readonly left_out: boolean;
  /**
   * Score of the model with and without its sums, on the same samples; p of McNemar's exact test for the accuracy, and of Student's t for R²,
   * two-sided.
   */
  readonly test: { readonly n: number; readonly with: number; readonly without: number; readonly p: number };
  /** Missing without validation samples: then no holder is left out. */
  readonly validation?: HolderFacts["test"];
}

/** What `engraft extend` did. */
export interface ExtendedFacts {
  readonly sources: readonly ExtendedSource[];
  /** Samples in the feature sums. */
  readonly samples: number;
  /** Classes that the first source does not have. Missing for numbers. */
  readonly new_classes?: readonly string[];
  /** Samples and classes that were taken out. Missing: none. */
  readonly removed?: { readonly samples: number; readonly classes: readonly string[] };
  /** Missing with one source, and if something is taken out. */
  readonly holders?: readonly HolderFacts[];
  /** Missing if the first source has no test samples, or no model before. */
  readonly old_test?: OldTest;
}
