import type { Message } from "../../core/messages/message.js";
import type { Interval } from "../events/events.js";
import type { BaseFacts } from "./base-facts.js";
import type { OnMachine, OverSeeds } from "./counts.js";
import { type NamedScore, type ScoreName, scoreNameIn } from "./metric.js";
import type { Guess } from "./shown-score.js";

export type { OverSeeds } from "./counts.js";

/** A score under the name of its metric. */
export interface ComparedScores extends NamedScore {
  /** NaN (null in JSON) if the metric is another one. */
  readonly accuracy: number;
  readonly loss: number;
}

/** An entry of a comparison: a strategy, optionally with its own options. */
export interface ComparedEntry {
  /** Name in tables and folders: `finetune`, `last-n:last=2`. */
  readonly label: string;
  readonly strategy: string;
  readonly option?: Readonly<Record<string, number | string | boolean>>;
  /** Augmentation of its training items, if it differs from that of the others. */
  readonly augment?: string;
}

/** A finished training of a comparison. */
export interface ComparedRun extends OnMachine {
  readonly label: string;
  readonly seed: number;
  /** Its run folder: an ordinary one, which `train --resume` and `eval` know. */
  readonly run: string;
  /** Its model folder. */
  readonly model: string;
  /** The command that repeats it. */
  readonly command: string;
  readonly test: ComparedScores & {
    readonly n: number;
    /** NaN for a regression. */
    readonly macro_f1: number;
    /** For one number: mean |y − ŷ|, in its unit. */
    readonly mae?: number;
  };
  readonly validation: ComparedScores & { readonly n: number };
  readonly seconds: { readonly total: number; readonly features: number; readonly training: number };
  /** Peak memory of its process, in units of 10⁶ bytes. */
  readonly peak_rss_mb: number;
  /** Bytes of the model's ONNX files; 0 if only an adapter is kept. */
  readonly model_bytes: number;
  /** Bytes of the adapter's file, if there is one. */
  readonly adapter_bytes?: number;
  readonly trainable: { readonly parameters: number; readonly total: number };
  readonly epochs: number;
  readonly best_epoch: number;
  /** What trained at which rate: a text a line. */
  readonly recipe: readonly string[];
  /** The same for reports in other languages. */
  readonly recipe_messages?: readonly (readonly Message[])[];
  /** Known runs that had scored the same test split before. */
  readonly test_looks: number;
}

/** A failed training. */
export interface FailedRun {
  readonly label: string;
  readonly seed: number;
  readonly run: string;
  readonly kind: string;
  readonly message: string;
  readonly help?: string;
}

/** Difference of the test scores of two entries. */
export interface Difference {
  readonly to: string;
  /** Mean score of this entry minus that of `to`, over the seeds that both have. */
  readonly gain: number;
  /** 95 % confidence interval; null if there is none: see `why`. */
  readonly ci95: Interval | null;
  /** p value of "no difference", two-sided; null if there is no interval. */
  readonly p: number | null;
  /**
   * Holm's p over all comparisons of the table, at a later look also corrected for the looks: below 0.05 is
   * significant.
   */
  readonly p_adjusted: number | null;
  readonly seeds: number;
  /** Test samples of one seed. */
  readonly samples?: number;
  /** Comparisons of the table that `p_adjusted` is corrected for. */
  readonly comparisons?: number;
  /**
   * The smallest gain that would have been significant among all comparisons of the table; missing if there is no
   * interval.
   */
  readonly smallest?: number;
  /** At a later look: the confidence level that decides, and the interval at that level. */
  readonly level?: number;
  readonly interval?: Interval | null;
  /** Why there is no interval. */
  readonly why?: "one sample" | "few groups" | "identical" | "no variance";
  /**
   * `same`: no difference larger than the margin (two one-sided tests at 5 %). With fewer than 3 seeds or 20 test samples
   * always `undecided`.
   */
  readonly finding: "better" | "worse" | "same" | "undecided";
  /** What `words` say: the finding with its reason. Each table of sentences has a row for it. */
  readonly sentence: DifferenceSentence;
  readonly words: string;
}

/** Sentence on a difference. */
export type DifferenceSentence =
  | "better"
  | "worse"
  | "same"
  | "undecided"
  | "identical"
  | "no interval"
  | "one training"
  | "few trainings"
  | "few samples"
  | "many comparisons";

/** A sentence on the winner of a comparison. */
export type WinnerSentence =
  | "best by validation"
  | "test score"
  | "no other"
  | "no shared seed"
  | "to the next"
  | "parts disagree"
  | "quicker loses nothing"
  | "quicker could cost"
  | "others counted"
  | "none told apart"
  | "none told apart above";

/** A caveat of a comparison. */
export type ComparisonNote =
  | "one seed"
  | "same test"
  | "own tests"
  | "few groups"
  | "groups"
  | "later look"
  | "few to choose by"
  | "machines"
  | "failures";

/** Returns the interval that decides, with its confidence level. */
export const rangeOf = ({
  ci95,
  level = 0.95,
  interval = ci95,
}: Pick<Difference, "ci95" | "level" | "interval">): {
  readonly level: number;
  readonly interval: Interval | null;
} => ({ level, interval });

/** One line of the table. */
export interface ComparedRow extends ComparedEntry, Omit<NamedScore<OverSeeds>, "accuracy"> {
  /** Finished seeds, and failed ones. */
  readonly seeds: readonly number[];
  readonly failed: readonly number[];
  /** Test accuracy; null if no seed finished, or if the metric is another one: then the score has its name. */
  readonly accuracy: OverSeeds | null;
  /** For one number, in its unit; mean over the seeds. */
  readonly mae?: number;
  readonly macro_f1: number | null;
  /** Scores that choose the winner. */
  readonly validation: ComparedScores | null;
  /** Means. `own` excludes the features of the frozen body, which all share. null: the trainings ran on several kinds of machine. */
  readonly seconds: { readonly total: number; readonly own: number } | null;
  /** The maximum over the seeds. */
  readonly peak_rss_mb: number | null;
  readonly model_bytes: number | null;
  readonly adapter_bytes?: number;
  readonly trainable: { readonly parameters: number; readonly total: number } | null;
  readonly recipe: readonly string[];
  readonly recipe_messages?: readonly (readonly Message[])[];
  /** Missing for the winner itself, and for the baseline. */
  readonly to_winner?: Difference;
  readonly to_baseline?: Difference;
}

/** What `compare` returns, and its last line of `--json`. */
export interface ComparisonResult {
  readonly event: "result";
  readonly task: "comparison";
  /** The folder of the comparison. */
  readonly comparison: string;
  readonly data: string;
  readonly base: BaseFacts;
  /** Empty for a regression: then `targets` is set. */
  readonly classes: readonly string[];
  readonly targets?: readonly string[];
  readonly metric: ScoreName;
  /** The split of the first seed. */
  readonly split: { readonly train: number; readonly validation: number; readonly test: number };
  readonly seeds: readonly number[];
  /** True if all seeds score the same test items, as with a given test split. */
  readonly same_test: boolean;
  /** Number of groups of the test items, if any: the intervals count groups, and need 10. */
  readonly test_groups?: number;
  /** What guessing gives on the test items of the first seed. */
  readonly guessing?: Guess;
  /**
   * Number of this look at the comparison: 2 or more if it was enlarged after a decisive table. Missing for the first.
   */
  readonly look?: number;
  /** Best validation first; failed entries last. */
  readonly rows: readonly ComparedRow[];
  readonly baseline: string;
  /** By mean validation score; null if nothing finished. */
  readonly winner: {
    readonly label: string;
    /** The model folder of its best seed by validation, and that seed. */
    readonly model: string;
    readonly seed: number;
    /** The next by validation, and the difference on the test split: missing if there is no other. */
    readonly next?: string;
    readonly difference?: Difference;
    /** Number of the seeds that all have, if not all seeds are shared: the order counts these alone. */
    readonly shared_seeds?: number;
    /** Of the winner and the next: the quicker one, and what taking it could cost. */
    readonly quicker?: { readonly label: string; readonly cost: number };
    /** Of three or more: findings of the others, and the median of the smallest gains that would have been significant. */
    readonly others?: Readonly<Record<Difference["finding"], number>> & { readonly smallest?: number };
    /** The sentences of `words`. */
    readonly sentences: readonly WinnerSentence[];
    readonly words: string;
  } | null;
  /** Caveats: one seed, failed runs, small splits; in English, and by their codes. */
  readonly notes: readonly string[];
  readonly note_codes: readonly ComparisonNote[];
  readonly runs: readonly ComparedRun[];
  readonly failures: readonly FailedRun[];
  readonly seconds: number;
}

/** Returns the score of a run. */
export const scoreIn = (scores: NamedScore): number => scores[scoreNameIn(scores)] ?? Number.NaN;

/** Returns the score over the seeds of a row; null if none finished. */
export const scoreOver = (row: NamedScore<OverSeeds | null>): OverSeeds | null =>
  row[scoreNameIn(row)] ?? null;

/** Returns the most seeds of a difference to the winner. */
export const mostSeeds = (rows: readonly ComparedRow[]): number =>
  Math.max(...rows.flatMap(({ to_winner: to }) => (to ? [to.seeds] : [])));

/** Returns the fewest validation samples of a seed. */
export const fewestToChooseBy = ({ runs }: Pick<ComparisonResult, "runs">): number =>
  Math.min(...runs.map(({ validation }) => validation.n));
