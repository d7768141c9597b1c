import type { SeedsF1Result, Verdict } from "../events/run-outcome.js";
import type { BaseModality, SampleWords } from "../modalities.js";
import type { BaselineOf } from "./baseline.js";
import type { CommonResult, ViewScores } from "./common-result.js";
import type { GroupFacts } from "./group-facts.js";
import type { SampleSums } from "./scored.js";
import type { Interval, TaskWith } from "./task.js";

/** Scores of one label of a multi-label task. Precision, recall and F1 are 0 if they are 0/0. */
export interface OneLabelScores {
  readonly label: string;
  /** Number of items that have it, that are predicted to have it, and of both. */
  readonly n: number;
  readonly predicted: number;
  readonly correct: number;
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  /** Null if no item has the label; AUROC also if every item has it. */
  readonly average_precision: number | null;
  readonly auroc: number | null;
  /** Probability threshold of the label. */
  readonly threshold: number;
}

/**
 * Scores of multi-label classification. An item may have no label. Intervals are over the items, or over their groups,
 * by the share of each in the score; 0 to 1 for too few groups.
 */
export interface LabelScores extends GroupFacts {
  readonly n: number;
  /** The micro F1. */
  readonly metric: {
    readonly name: "f1";
    readonly value: number;
    readonly ci95: Interval;
    readonly higher_is_better: true;
  };
  /** Over all decisions of all labels. */
  readonly micro_f1: number;
  readonly micro_f1_ci95: Interval;
  readonly micro_precision: number;
  readonly micro_recall: number;
  /** Mean over the labels that items have, each counting once. */
  readonly macro_f1: number;
  /** Missing if a label has fewer than 10 items: then it misses the true value too often. */
  readonly macro_f1_ci95?: Interval;
  /** Share of items with all labels right. */
  readonly subset_accuracy: number;
  readonly subset_accuracy_ci95: Interval;
  /** Share of wrong decisions: lower is better. */
  readonly hamming_loss: number;
  readonly hamming_loss_ci95: Interval;
  /** Mean over the labels that items have; null if no item has any. */
  readonly mean_average_precision: number | null;
  readonly macro_auroc: number | null;
  /** Mean binary cross-entropy of all decisions, nats. */
  readonly loss: number;
  /** Items without a label, and items predicted to have none. */
  readonly without_labels: { readonly n: number; readonly predicted: number };
  /** How each test sample was answered, in the order of the data. */
  readonly scores?: SampleSums;
  readonly per_label: readonly OneLabelScores[];
  /** Items with most wrong decisions, worst first: missed labels, and wrongly predicted ones. */
  readonly worst: readonly {
    readonly item: string;
    readonly mistakes: number;
    readonly missed: readonly string[];
    readonly wrong: readonly string[];
  }[];
}

/** A baseline for the same labels, on the same data and test split. */
export type LabelBaseline = BaselineOf<LabelScores>;

/** The last event of a multi-label run. */
export interface LabelsResultEvent extends CommonResult {
  readonly task: TaskWith<{ head: "labels" }>;
  /** Word for the samples. */
  readonly unit: SampleWords<BaseModality>["many"];
  /** The labels, in the order of the model's scores. */
  readonly classes: readonly string[];
  readonly thresholds: {
    readonly rule: "fixed" | "validation";
    /** A probability for each label. */
    readonly values: readonly number[];
  };
  readonly test: LabelScores;
  /** Of images: the test split once more with several views of each, averaged. */
  readonly tta?: ViewScores<LabelScores>;
  /** F1 is the micro F1 at 0.5. */
  readonly validation: { readonly n: number; readonly f1: number; readonly loss: number };
  readonly baselines: {
    readonly probe?: LabelBaseline;
    /** Baseline that always predicts the most frequent labels of the training split. */
    readonly frequent?: LabelBaseline;
    /** For images: logistic regressions on downscaled pixels. */
    readonly pixels?: LabelBaseline;
    /** For sounds: logistic regressions on statistics of log-mel frames. */
    readonly log_mel?: LabelBaseline;
    /** For texts: TF-IDF with logistic regressions. */
    readonly tf_idf?: LabelBaseline;
    readonly characters?: LabelBaseline;
    readonly scratch?: LabelBaseline;
  };
  readonly verdict?: Verdict;
  /** With several seeds: the test micro F1 of each training; `test` and the model are the first's. */
  readonly by_seed?: SeedsF1Result;
}
