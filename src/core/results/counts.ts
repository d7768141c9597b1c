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

/** Averages of a score over the classes: macro, micro and weighted. */
export interface ClassAverages<Value = number> {
  readonly macro: Value;
  readonly micro: Value;
  readonly weighted: Value;
}

/** Scores of the rarer of two classes, by the order of its probability. */
export interface RareClassScores {
  readonly label: string;
  /** Items of the class, and their share of all. */
  readonly n: number;
  readonly share: number;
  /** A random order has the share of the class. */
  readonly average_precision: number;
  /** null for fewer than 5 items of the class, and if groups of the class have several. */
  readonly average_precision_ci95: Interval | null;
  /** The 1 % of the items with the highest probability: how many, and the share of the class among them. */
  readonly most_likely: { readonly n: number; readonly precision: number; readonly ci95: Interval };
}

/** Additional scores of a classifier on a set of items; null if undefined. */
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
  /** Of two classes, the one with less than 10 % of the items. Missing: none. */
  readonly rare?: RareClassScores;
  /** Squared error of the probabilities: 0 … 2, of two classes 0 … 1; 0 is best. */
  readonly brier: number;
  /** Cohen's kappa: agreement beyond chance, 1 is perfect; null with one class in labels and predictions. */
  readonly kappa: number | null;
  /** Matthews' correlation, −1 … 1; 0 where it is 0/0. */
  readonly mcc: number;
  /** In the order of the classes. */
  readonly per_class: readonly {
    readonly label: string;
    /** Items of the class, items predicted as it, and items that are both. */
    readonly n: number;
    readonly predicted: number;
    readonly right: number;
    readonly auroc: number | null;
    readonly average_precision: number | null;
  }[];
  /** Classes without an item here: averages over classes leave them out. */
  readonly absent: readonly string[];
}

/** A prediction in a list of examples. */
export interface ListedAnswer {
  readonly item: string;
  readonly true: string;
  readonly predicted: string;
  /** Probability of `predicted` by the model, as `predict` gives it. */
  readonly score: number;
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
  /** Wilson's interval; for groups with `effective` instead of `n`; 0 to 1 for too few groups. */
  readonly accuracy_ci95: Interval;
  /** Mean F1 of the classes with items. */
  readonly macro_f1: number;
  /** Interval over the items, or their groups; 0 to 1 for too few groups. Missing if a class has fewer than 10 items. */
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
    /** Interval over the items of the class, or their groups; 0 to 1 for too few groups. Missing without items. */
    readonly recall_ci95?: Interval;
    readonly f1: number;
  }[];
  /** confusion[true][predicted], counts. */
  readonly confusion: readonly (readonly number[])[];
  /** Most frequent confusions, worst first. */
  readonly most_confused: readonly {
    readonly true: string;
    readonly predicted: string;
    readonly count: number;
  }[];
  /** Wrong predictions, the highest loss first. The same mistake in samples of one group stands here once. */
  readonly worst: readonly ListedAnswer[];
  /** If no prediction is wrong: the right predictions of the highest loss, the least sure one first. */
  readonly least_sure?: readonly ListedAnswer[];
  /** Set with fewer than 10 items: too few for conclusions. */
  readonly too_few?: true;
  /** Additional scores, for a run's own model and for `eval`. */
  readonly metrics?: ClassificationMetrics;
  /** Scores of each test sample, in the order of the data. */
  readonly scores?: SampleSums;
}

/** Returns the predictions that a page lists: the wrong ones, or the least sure right ones. */
export function listedAnswers({
  worst,
  least_sure = [],
}: Pick<ClassificationScores, "worst" | "least_sure">): readonly ListedAnswer[] {
  return [...worst, ...least_sure];
}

/** A mean over seeds, with its variation over other seeds and test samples. */
export interface OverSeeds {
  readonly mean: number;
  /** Between seeds; null for one. */
  readonly sd: number | null;
  /** Half the width of `ci95`. */
  readonly plus_minus: number | null;
  /**
   * Interval of the training method: both seeds and test samples (or groups) are random. If each seed has its own test
   * split: Nadeau & Bengio's interval of the K scores. In `curve` of sizes: over seeds alone. Null for one seed, and with fewer
   * than 10 groups.
   */
  readonly ci95: Interval | null;
}

/** Forecast of a run's time and memory, from measured steps. */
export interface ForecastFacts {
  readonly seconds: number;
  /** Range of the time if `seconds` is right within ± 25 %; equal if a budget sets the time. Missing in older runs. */
  readonly low?: number;
  readonly high?: number;
  /** Peak memory of the process, in units of 10⁶ bytes. */
  readonly peak_rss_mb: number;
  /** Where it was measured, if not on the CPU. */
  readonly device?: "webgpu" | "cuda";
}

/** A training that names its machine. */
export interface OnMachine {
  /** Kind of machine: processor, cores, system, threads and device. Seconds of different kinds are not compared. */
  readonly machine?: string;
}

/** Returns the kinds of machine of trainings, with their numbers of trainings. */
export function machinesOf(runs: readonly OnMachine[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { machine } of runs)
    if (machine !== undefined) counts.set(machine, (counts.get(machine) ?? 0) + 1);
  return counts;
}

/** True if the seconds of trainings may be compared. */
export const areAlike = (runs: readonly OnMachine[]): boolean => machinesOf(runs).size <= 1;
