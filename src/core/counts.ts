import type { Interval } from "./task.js";

/** Items in each part. */
export interface SplitCounts {
  readonly train: number;
  readonly validation: number;
  readonly test: number;
  readonly seed: number;
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
  /** One character an item, in the order of the data: "1" where the answer is right, "0" where not. */
  readonly right?: string;
}

/** A mean over seeds with what another set of seeds could have given. */
export interface OverSeeds {
  readonly mean: number;
  /** Between seeds; null for one. */
  readonly sd: number | null;
  /** Half the width of the 95 % interval of the mean: t with K − 1 degrees of freedom. Null for one seed. */
  readonly plus_minus: number | null;
  readonly ci95: Interval | null;
}
