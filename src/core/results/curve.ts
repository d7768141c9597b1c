import type { BaseFacts } from "./base-facts.js";
import type { OnMachine, OverSeeds } from "./counts.js";
import type { ScoreName } from "./metric.js";

/** A law is extrapolated up to this multiple of the largest size. */
export const extrapolatedTo = 2;

/** A law of how errors fall with items: error(n) = floor + scale · n^(−rate). */
export interface CurveLaw {
  readonly floor: number;
  readonly scale: number;
  readonly rate: number;
  /** Share of the variance between sizes that it explains; below a half nothing is extrapolated. */
  readonly explained: number;
  readonly follows: boolean;
}

/** Items that a training method needs for the target accuracy. */
export interface ItemsNeeded {
  /**
   * null: more than twice the largest size, which is not extrapolated; or never reached; or the curve follows no law.
   */
  readonly items: number | null;
  /**
   * 95 % interval, over other trainings and other test items; an end of null is more than twice the largest size. null
   * for one seed, and if the curve follows no law.
   */
  readonly ci95: readonly [number | null, number | null] | null;
  /** True outside the measured range. */
  readonly extrapolated: boolean;
  /** Code of the sentence on it. */
  readonly sentence: AmountSentence;
}

/** Sentence on the number of items that a training method needs. "no law": fewer than four sizes, or no power law. */
export type AmountSentence =
  | "within the sizes"
  | "beyond the sizes"
  | "below the sizes"
  | "more than measured"
  | "probably more than measured"
  | "levels off"
  | "no law";

/** Ratio of the items that training from scratch needs for the target accuracy to those of transfer. */
export interface TimesAsMany {
  /** null: from scratch needs more than twice the largest size. */
  readonly times: number | null;
  /** 95 % interval, from the same resamples of both; an upper end of null is unknown. null for one seed. */
  readonly ci95: readonly [number, number | null] | null;
  readonly sentence: TimesSentence;
}

/** Sentence on the ratio. "none": from scratch needs more than can be measured, after one seed. */
export type TimesSentence = "one value" | "none" | "may save none" | "at least" | "range";

/** A sentence on the result of a learning curve. */
export type CurveSentence =
  | "few sizes"
  | "both reach it"
  | "transfer reaches it"
  | "scratch reaches it"
  | "neither reaches it"
  | "few groups"
  | "one training"
  | "seconds";

/** A caveat of a learning curve. */
export type CurveNote =
  | "same validation"
  | "few validation"
  | "one seed"
  | "few groups"
  | "few groups of draws"
  | "spread"
  | "draws"
  | "machines"
  | "own tests";

/** Results for one training size: accuracies, F1 or R² ({@link CurveResult.metric}). */
export interface CurveSize {
  readonly size: number;
  /** Labels of each class, drawn by each seed. Missing: the size is a total. */
  readonly shots?: number;
  readonly transfer: OverSeeds;
  readonly scratch: OverSeeds;
  /** Seconds of training alone, without features; means. null: the trainings ran on several kinds of machine. */
  readonly seconds: { readonly transfer: number; readonly scratch: number } | null;
  /** Transfer − scratch, paired by seed, and by test item if `shots` are drawn. */
  readonly gain: OverSeeds;
}

/** A finished training of a learning curve, with its scores. */
export interface MeasuredRun extends OnMachine {
  readonly size: number;
  readonly seed: number;
  readonly run: string;
  readonly transfer: number;
  readonly scratch: number;
}

/** What `curve` returns, and its last line of `--json`. */
export interface CurveResult {
  readonly event: "result";
  readonly task: "learning-curve";
  /** Its folder. */
  readonly curve: string;
  readonly data: string;
  readonly base: BaseFacts;
  readonly strategy: string;
  /** Classes, labels, types of entities, or names of the numbers. */
  readonly classes: readonly string[];
  /** What is learnt from. */
  readonly unit: string;
  /** What the scores are: of several labels and of entities the micro F1, of numbers R². */
  readonly metric: ScoreName;
  readonly seeds: readonly number[];
  readonly test_items: number;
  readonly validation_items: number;
  /** True if all seeds are scored on the same test items; else each has its own split of one pool. */
  readonly same_test: boolean;
  readonly sizes: readonly CurveSize[];
  readonly laws: { readonly transfer: CurveLaw | null; readonly scratch: CurveLaw | null };
  /** Target accuracy, or F1, of both. */
  readonly target: number;
  readonly needed: {
    readonly transfer: ItemsNeeded;
    readonly scratch: ItemsNeeded;
    /** null if unknown. */
    readonly times: TimesAsMany | null;
  };
  /** Set if the test items have fewer than 10 groups: there are no ranges. */
  readonly few_groups?: true;
  /** The result in English, and by the codes of its sentences. */
  readonly words: string;
  readonly sentences: readonly CurveSentence[];
  readonly notes: readonly string[];
  readonly note_codes: readonly CurveNote[];
  readonly runs: readonly MeasuredRun[];
  readonly seconds: number;
}
