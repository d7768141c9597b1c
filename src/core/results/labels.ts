import type { SeedsF1Result, Verdict } from "../events/run-outcome.js";
import type { BaselineOf } from "./baseline.js";
import type { CommonResult, ViewScores } from "./common-result.js";
import type { GroupFacts } from "./group-facts.js";
import type { SampleSums } from "./scored.js";
import type { Interval } from "./task.js";

/** Scores of one label among several that an item may have. Precision, recall and F1 are 0 where they are 0/0. */
export interface OneLabelScores {
  readonly label: string;
  /** Items that have it, that were said to have it, and those of both. */
  readonly n: number;
  readonly predicted: number;
  readonly correct: number;
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  /** Null where no item has the label; AUROC also where every item has it. */
  readonly average_precision: number | null;
  readonly auroc: number | null;
  /** The label is said from this probability on. */
  readonly threshold: number;
}

/**
 * Scores of a model that says which of several labels an item has. An item may have none. Intervals are over the items, or
 * over their groups, by the share of each in the score; 0 to 1 of too few groups.
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
  /** Mean over the labels, each counting once. */
  readonly macro_f1: number;
  readonly macro_f1_ci95: Interval;
  /** Share of items with all labels right. */
  readonly subset_accuracy: number;
  readonly subset_accuracy_ci95: Interval;
  /** Share of wrong decisions: lower is better. */
  readonly hamming_loss: number;
  readonly hamming_loss_ci95: Interval;
  /** Mean over the labels that items have; null where no item has any. */
  readonly mean_average_precision: number | null;
  readonly macro_auroc: number | null;
  /** Mean binary cross-entropy of all decisions, nats. */
  readonly loss: number;
  /** Items that have no label, and items that were said to have none. */
  readonly without_labels: { readonly n: number; readonly predicted: number };
  /** How each test sample was answered, in the order of the data. */
  readonly scores?: SampleSums;
  /** The same: Three whole numbers an item: what is there, what was said, and what of both. */
  readonly tallies?: readonly number[];
  readonly per_label: readonly OneLabelScores[];
  /** Items with most wrong decisions, worst first: labels they have that were not said, and the other way round. */
  readonly worst: readonly {
    readonly item: string;
    readonly mistakes: number;
    readonly missed: readonly string[];
    readonly wrong: readonly string[];
  }[];
}

/** Another way to the same labels, on the same data and test part. */
export type LabelBaseline = BaselineOf<LabelScores>;

/** How it is decided from which probability on a label is said. */
export type ThresholdRule = "fixed" | "validation";

/** The last event of a run that learns which of several labels items have. */
export interface LabelsResultEvent extends CommonResult {
  readonly task: "multi-label-classification";
  /** What has the labels. */
  readonly unit: "texts" | "pictures";
  /** The labels, in the order of the model's scores. */
  readonly classes: readonly string[];
  readonly thresholds: {
    readonly rule: ThresholdRule;
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
    /** Always the most frequent labels of the training part. */
    readonly frequent?: LabelBaseline;
    /** Of pictures: logistic regressions on their pixels, made small. */
    readonly pixels?: LabelBaseline;
    /** Of texts: which words they have, and logistic regressions. */
    readonly tf_idf?: LabelBaseline;
    readonly scratch?: LabelBaseline;
  };
  readonly verdict?: Verdict;
  /** With several seeds: each training's micro F1 on the test part; `test` and the model are the first's. */
  readonly by_seed?: SeedsF1Result;
}
