import type { GroupFacts } from "./group-facts.js";
import type { SampleSums } from "./scored.js";
import type { Interval } from "./task.js";

/** Items in each part. */
export interface SplitCounts {
  readonly train: number;
  readonly validation: number;
  readonly test: number;
  readonly seed: number;
}

/** Means of a score over the classes: each counts once, every decision counts once, each class counts with its items. */
export interface ClassAverages<Value = number> {
  readonly macro: Value;
  readonly micro: Value;
  readonly weighted: Value;
}

/** What further scores there are of one classifier on one set of items; null where one is not defined. */
export interface ClassificationMetrics {
  /** Mean recall of the classes that occur: chance is 1 / classes. */
  readonly balanced_accuracy: number;
  readonly precision: ClassAverages;
  readonly recall: ClassAverages;
  readonly f1: ClassAverages;
  /** Area under the ROC curve, each class against the others; null with one class. */
  readonly auroc: ClassAverages<number | null>;
  readonly average_precision: ClassAverages<number | null>;
  /** Share of items whose true class is among the k most probable, with Wilson's interval; k below the number of classes. */
  readonly top_k: readonly { readonly k: number; readonly accuracy: number; readonly ci95: Interval }[];
  /** Squared error of the probabilities: 0 … 2, of two classes 0 … 1; 0 is best. */
  readonly brier: number;
  /** Cohen's: agreement beyond what chance gives, 1 is perfect; null with one class in labels and answers. */
  readonly kappa: number | null;
  /** Matthews' correlation, −1 … 1; 0 where it is 0/0. */
  readonly mcc: number;
  /** In the order of the classes. */
  readonly per_class: readonly {
    readonly label: string;
    /** Items of the class, items that got its name, and items that are both. */
    readonly n: number;
    readonly predicted: number;
    readonly right: number;
    readonly auroc: number | null;
    readonly average_precision: number | null;
  }[];
  /** Classes without an item here: averages over classes leave them out. */
  readonly absent: readonly string[];
}

/** An answer that a list of examples shows. */
export interface ListedAnswer {
  readonly item: string;
  readonly true: string;
  readonly predicted: string;
  /** Probability of `predicted`, as the model gives it. */
  readonly score: number;
  /** The same with the scores divided by the temperature that was fitted on validation; missing where there is none. */
  readonly calibrated?: number;
}

/** Scores of one classifier on one set of items. */
export interface ClassificationScores extends GroupFacts {
  readonly n: number;
  readonly metric: {
    readonly name: "accuracy";
    readonly value: number;
    /** Wilson score interval over the items. */
    readonly ci95: Interval;
    readonly higher_is_better: true;
  };
  readonly accuracy: number;
  /** Wilson's; of groups with `effective` in the place of `n`; 0 to 1 of too few groups. */
  readonly accuracy_ci95: Interval;
  readonly macro_f1: number;
  /** Over the items, or their groups; 0 to 1 of too few groups. Missing in results of older versions. */
  readonly macro_f1_ci95?: Interval;
  /** Mean cross-entropy in nats. */
  readonly loss: number;
  /** Expected calibration error, 15 equal-width bins. */
  readonly ece: number;
  readonly per_class: readonly {
    readonly label: string;
    readonly n: number;
    readonly precision: number;
    readonly recall: number;
    /** Over the items of the class, or their groups; 0 to 1 of too few groups. Missing without items. */
    readonly recall_ci95?: Interval;
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
  /** Items that were answered wrongly, the highest loss first. */
  readonly worst: readonly ListedAnswer[];
  /** Where no answer is wrong: the right answers of the highest loss, the least sure one first. */
  readonly least_sure?: readonly ListedAnswer[];
  /** There, and true, where there are fewer than 10 items: next to nothing can be said. */
  readonly too_few?: true;
  /** Further scores, of a run's own model and of `eval`. */
  readonly metrics?: ClassificationMetrics;
  /** How each test sample was answered, in the order of the data. */
  readonly scores?: SampleSums;
  /** The same as one character a sample: "1" where the answer is right, "0" where not. */
  readonly right?: string;
}

/** Returns the answers that a page shows one by one: the wrong ones, or the least sure right ones. */
export function listedAnswers({
  worst,
  least_sure = [],
}: Pick<ClassificationScores, "worst" | "least_sure">): readonly ListedAnswer[] {
  return [...worst, ...least_sure];
}

/** A mean over seeds, with what other seeds and other test samples could have given. */
export interface OverSeeds {
  readonly mean: number;
  /** Between seeds; null for one. */
  readonly sd: number | null;
  /** Half the width of `ci95`. */
  readonly plus_minus: number | null;
  /**
   * Of the way of training: seeds and test samples, or their groups, are both drawn anew. Where each seed has a test part of its
   * own: Nadeau & Bengio's of the K scores. In `curve`: over seeds alone. Null for one seed, and with fewer than 10 groups.
   */
  readonly ci95: Interval | null;
}

/** How long a run will take, and how much memory, from measured steps. */
export interface ForecastFacts {
  readonly seconds: number;
  /** The run ends between these if `seconds` is right within ± 25 %; equal where a budget sets the time. Missing in older runs. */
  readonly low?: number;
  readonly high?: number;
  /** Most memory of the process, in units of 10⁶ bytes. */
  readonly peak_rss_mb: number;
}
