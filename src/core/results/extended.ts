import type { Interval } from "./task.js";

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

/** What `engraft extend` did. */
export interface ExtendedFacts {
  readonly sources: readonly ExtendedSource[];
  /** Samples in the feature sums. */
  readonly samples: number;
  /** Classes that the first source does not have. Missing for numbers. */
  readonly new_classes?: readonly string[];
  /** Samples and classes that were taken out. Missing: none. */
  readonly removed?: { readonly samples: number; readonly classes: readonly string[] };
  /** Missing if the first source has no test samples, or no model before. */
  readonly old_test?: OldTest;
}
