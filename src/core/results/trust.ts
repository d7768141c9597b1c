import type { Interval } from "./task.js";

/** The probability below which no answer is given, and why there is none where no threshold can be promised. */
export interface AbstainChoice {
  /** That the answers shall have. */
  readonly accuracy: number;
  /** Of the probability of the answer; null: no threshold can promise the accuracy. */
  readonly threshold: number | null;
  /** Without a threshold: answers without an error that a promise needs; absent where no number of them is enough. */
  readonly needed?: number;
  /** Without a threshold: the first that was tested, where there were enough: the surest answers, and how many are wrong. */
  readonly surest?: { readonly n: number; readonly errors: number };
}

/** What is fitted on the scores as the model gives them. */
export interface FittedTrust {
  /** Prediction sets of a stated coverage: scores up to which a class is in the set; null: n is too small, every class is. */
  readonly sets: { readonly coverage: number; readonly lac: number | null; readonly aps: number | null };
  /** Answers below the threshold are not given. */
  readonly abstain: AbstainChoice;
  /** Energies of the validation items, ascending, at most 1000 of them: how strange is a new one's. */
  readonly energies: readonly number[];
}

/** What the probabilities of a model of classes are good for, fitted on its validation part: kept in `engraft.json`. */
export interface TrustFacts extends FittedTrust {
  /** Items of the validation part. */
  readonly n: number;
  /** By which the model's raw scores would be divided; `written`: the model divides them itself. */
  readonly temperature: { readonly value: number; readonly written: boolean };
  /** The same for divided scores, where they are not: for an export that divides them. */
  readonly divided?: FittedTrust;
}

/** How well stated probabilities fit, on the test part. */
export interface CalibrationScores {
  /** Expected calibration error, 15 equal-width bins. */
  readonly ece: number;
  /**
   * It holds the true error in about the share `covers` of cases, not in 95 %: compare `ece_if_calibrated` instead. Null with
   * fewer than 10 groups.
   */
  readonly ece_interval: { readonly low: number; readonly high: number; readonly covers: number } | null;
  /** The error that a perfectly calibrated model would show of so few items: on average, and at most in 95 of 100 cases. */
  readonly ece_if_calibrated: { readonly mean: number; readonly p95: number };
  readonly loss: number;
  readonly brier: number;
  /** Bins that hold items: stated and true confidence. */
  readonly reliability: readonly {
    readonly low: number;
    readonly high: number;
    readonly n: number;
    readonly confidence: number;
    readonly accuracy: number;
  }[];
}

/** What the temperature did to the log loss of the test items, each compared with itself. */
export interface CalibrationChange {
  /** Mean log loss before less that after, in nats: above 0 the temperature helped. */
  readonly loss: number;
  /** Over the items, or their groups; null where there is none. */
  readonly ci95: Interval | null;
  /** "falls", "rises": more than chance at 5 %. "chance": it may be chance. "few groups": fewer than 10 say nothing. */
  readonly finding: "falls" | "rises" | "chance" | "few groups";
}

/** Prediction sets of one kind on the test part. */
export interface SetScores {
  /** Share of the items whose true class is in the set, with Wilson's interval. */
  readonly test_coverage: number;
  readonly test_coverage_ci95: Interval;
  /** Classes in a set, on average. */
  readonly mean_size: number;
  /** Share of the sets with one class. No set is empty. */
  readonly single: number;
}

/** What was answered at a threshold, and how well. */
export interface AnsweredPart {
  /** Share of the items. */
  readonly answered: number;
  /** Of the answers; null where none was given. */
  readonly accuracy: number | null;
  readonly accuracy_ci95: Interval | null;
}

/** Test items that lie far from the training part. */
export interface DistantItems {
  /** Cosine distance to the fifth nearest training item, in the base's features. */
  readonly score: "neighbour";
  /** Share of the test items that are further than 95 of 100 validation items, with Wilson's interval. */
  readonly test: number;
  readonly test_ci95: Interval;
}

/** How far a model's probabilities can be trusted: what was fitted on validation, and how it held on the test part. */
export interface TrustResult {
  /** Items of the validation part that it was fitted on. */
  readonly n: number;
  readonly temperature: {
    readonly value: number;
    readonly written: boolean;
  };
  /** With the scores as they were trained, and divided by the temperature. */
  readonly calibration: {
    readonly before: CalibrationScores;
    readonly after: CalibrationScores;
    /** Missing in results of older versions. */
    readonly change?: CalibrationChange;
  };
  readonly prediction_sets: {
    readonly coverage: number;
    /** Between what the true coverage lies in 95 of 100 cases, for so few validation items. */
    readonly coverage_range95?: Interval;
    readonly lac: SetScores & { readonly threshold: number | null };
    readonly aps: SetScores & { readonly threshold: number | null };
  };
  readonly abstain: AbstainChoice & {
    readonly test: AnsweredPart;
    /** Mean error over all shares answered, on the test part: smaller is better. */
    readonly area_under_risk: number;
    /** [share answered, accuracy] of the test part, the surest items first; at most 100 points. */
    readonly curve: readonly (readonly [answered: number, accuracy: number])[];
  };
  readonly unusual: {
    readonly score: "energy";
    /** Share of usual items that are called unusual, as asked. */
    readonly level: number;
    /** Share of the test items that were, with Wilson's interval: near the level where they are as validation's. */
    readonly test: number;
    readonly test_ci95: Interval;
    /** The same by distance; of a run, where the features are few enough for it. */
    readonly features?: DistantItems;
  };
}
