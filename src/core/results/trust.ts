import type { Interval } from "./task.js";

/** The probability threshold below which no prediction is given, or why there is none. */
export interface AbstainChoice {
  /** Requested accuracy of the predictions. */
  readonly accuracy: number;
  /** Probability threshold of the prediction; null: no threshold is accepted. */
  readonly threshold: number | null;
  /** Without a threshold: correct predictions without an error that are needed; missing if no number suffices. */
  readonly needed?: number;
  /**
   * Without a threshold: the first one tested, if there were enough predictions: the surest ones, and how many are
   * wrong.
   */
  readonly surest?: { readonly n: number; readonly errors: number };
  /** Without a threshold: the number of groups of the validation samples, if they are too few to promise anything. */
  readonly few_groups?: number;
}

/** Values fitted on the model's logits. */
export interface FittedTrust {
  /**
   * Prediction sets of a stated coverage: largest nonconformity score of a class in the set; null: n is too small,
   * every class is included.
   */
  readonly sets: {
    readonly coverage: number;
    readonly lac: number | null;
    readonly aps: number | null;
    /** As in {@link TrustResult}. Missing: of independent items and one model. */
    readonly coverage_range95?: Interval | null;
  };
  /** Predictions below the threshold are withheld. */
  readonly abstain: AbstainChoice;
  /** Energies of the validation items, ascending, at most 1000: for the p-value of a new one. */
  readonly energies: readonly number[];
}

/** Calibration facts of a classifier's probabilities, fitted on its validation split: stored in `engraft.json`. */
export interface TrustFacts extends FittedTrust {
  /** Items of the validation part. */
  readonly n: number;
  /** Number of their groups; missing if each is its own. */
  readonly groups?: number;
  /** Number of models, such as epochs, of which the same items chose this one; missing for 1. */
  readonly chosen_of?: number;
  /** Divisor of the model's logits; `written`: the model divides them itself. */
  readonly temperature: { readonly value: number; readonly written: boolean };
  /** The same for divided logits, if the model does not divide them: for an export that does. */
  readonly divided?: FittedTrust;
}

/** Calibration on the test split. */
export interface CalibrationScores {
  /** Expected calibration error, 15 equal-width bins. */
  readonly ece: number;
  /**
   * It covers the true error in about the share `covers` of cases, not in 95 %: compare `ece_if_calibrated` instead.
   * Null with fewer than 10 groups.
   */
  readonly ece_interval: { readonly low: number; readonly high: number; readonly covers: number } | null;
  /** Error of a perfectly calibrated model with the same number of items: mean, and 95th percentile. */
  readonly ece_if_calibrated: { readonly mean: number; readonly p95: number };
  readonly loss: number;
  readonly brier: number;
  /** Non-empty bins: stated and true confidence. */
  readonly reliability: readonly {
    readonly low: number;
    readonly high: number;
    readonly n: number;
    readonly confidence: number;
    readonly accuracy: number;
  }[];
}

/** Change of the log loss of the test items by the temperature, paired by item. */
export interface CalibrationChange {
  /** Mean log loss before minus after, in nats: above 0 the temperature helped. */
  readonly loss: number;
  /** Interval over the items, or their groups; null if there is none. */
  readonly ci95: Interval | null;
  /** "falls", "rises": significant at 5 %. "chance": may be chance. "few groups": fewer than 10. */
  readonly finding: "falls" | "rises" | "chance" | "few groups";
}

/** Prediction sets of one kind on the test split. */
export interface SetScores {
  /** Share of the items whose true class is in the set, with Wilson's interval. */
  readonly test_coverage: number;
  readonly test_coverage_ci95: Interval;
  /** Classes in a set, on average. */
  readonly mean_size: number;
  /** Share of the sets with one class. No set is empty. */
  readonly single: number;
}

/** Share and accuracy of the predictions above a threshold. */
export interface AnsweredPart {
  /** Share of the items. */
  readonly answered: number;
  /** Accuracy of the predictions; null if there are none. */
  readonly accuracy: number | null;
  readonly accuracy_ci95: Interval | null;
}

/** Test items that are far from the training split. */
export interface DistantItems {
  /** Cosine distance to the fifth nearest training item, in the base's features. */
  readonly score: "neighbour";
  /** Share of the test items that are further than 95 of 100 validation items, with Wilson's interval. */
  readonly test: number;
  readonly test_ci95: Interval;
}

/** Trust in a model's probabilities: values fitted on validation, and their results on the test split. */
export interface TrustResult {
  /** Number of validation items for the fit. */
  readonly n: number;
  /** Number of their groups; missing if each is its own. */
  readonly groups?: number;
  /** Number of models, such as epochs, of which the same items chose this one; missing for 1. */
  readonly chosen_of?: number;
  readonly temperature: {
    readonly value: number;
    readonly written: boolean;
  };
  /** With the original logits, and divided by the temperature. */
  readonly calibration: {
    readonly before: CalibrationScores;
    readonly after: CalibrationScores;
    readonly change: CalibrationChange;
  };
  readonly prediction_sets: {
    readonly coverage: number;
    /**
     * Range of the true coverage in 95 of 100 cases, for so few validation items, their groups and the models they chose from. Null for
     * fewer than 10 groups.
     */
    readonly coverage_range95?: Interval | null;
    readonly lac: SetScores & { readonly threshold: number | null };
    readonly aps: SetScores & { readonly threshold: number | null };
  };
  readonly abstain: AbstainChoice & {
    readonly test: AnsweredPart;
    /** Mean error over all shares of predictions on the test split: smaller is better. */
    readonly area_under_risk: number;
    /** [share predicted, accuracy] of the test split, the surest items first; at most 100 points. */
    readonly curve: readonly (readonly [answered: number, accuracy: number])[];
  };
  readonly unusual: {
    readonly score: "energy";
    /** Share of usual items that are flagged as unusual, as requested. */
    readonly level: number;
    /** Share of flagged test items, with Wilson's interval: near the level if they resemble validation's. */
    readonly test: number;
    readonly test_ci95: Interval;
    /** The same by distance; for a run, if the features are few enough. */
    readonly features?: DistantItems;
  };
}
