import type { Message } from "../../core/messages/message.js";
import type { Interval } from "../events/events.js";
import type { BaseFacts } from "./base-facts.js";
import type { OverSeeds } from "./counts.js";

export type { OverSeeds } from "./counts.js";

/** What runs are held against each other by: 1 is perfect, higher is better. Accuracy of classes, R² of numbers, F1 of entities and of several labels. */
export type ComparedMetric = "accuracy" | "r2" | "f1";

/** Accuracy where classes are learnt; NaN (null in JSON) elsewhere: `r2` or `f1` is there instead. */
export interface ComparedScores {
  readonly accuracy: number;
  readonly r2?: number;
  readonly f1?: number;
  readonly loss: number;
}

/** What is compared: a strategy, perhaps with options of its own. */
export interface ComparedEntry {
  /** How it is named in tables and folders: `finetune`, `last-n:last=2`. */
  readonly label: string;
  readonly strategy: string;
  readonly option?: Readonly<Record<string, number | string | boolean>>;
  /** How its training items are changed at random, where that is not as for all. */
  readonly augment?: string;
}

/** One training of a comparison that came to its end. */
export interface ComparedRun {
  readonly label: string;
  readonly seed: number;
  /** Its run folder: an ordinary one, which `train --resume` and `eval` know. */
  readonly run: string;
  /** Its model folder. */
  readonly model: string;
  /** The command that does it again. */
  readonly command: string;
  readonly test: ComparedScores & {
    readonly n: number;
    /** NaN where numbers are learnt. */
    readonly macro_f1: number;
    /** Of one number: mean |y − ŷ|, in its unit. */
    readonly mae?: number;
  };
  readonly validation: ComparedScores & { readonly n: number };
  readonly seconds: { readonly total: number; readonly features: number; readonly training: number };
  /** Most memory of its process, in units of 10⁶ bytes. */
  readonly peak_rss_mb: number;
  /** Of the model's ONNX files; 0 where only an adapter is kept. */
  readonly model_bytes: number;
  /** Of the adapter's file, where there is one. */
  readonly adapter_bytes?: number;
  readonly trainable: { readonly parameters: number; readonly total: number };
  readonly epochs: number;
  readonly best_epoch: number;
  /** What trained at which rate: a text a line. */
  readonly recipe: readonly string[];
  /** The same for reports in other languages. Missing in runs of older versions. */
  readonly recipe_messages?: readonly (readonly Message[])[];
  /** Runs that had scored the same test part before, as far as is known. */
  readonly test_looks: number;
}

/** One that did not. */
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
  /** Mean accuracy (or R², F1) of this one less that of `to`, over the seeds that both have. */
  readonly gain: number;
  /** 95 % confidence interval; null where there is none: see `why`. */
  readonly ci95: Interval | null;
  /** p value of "no difference", two-sided; null where there is no interval. */
  readonly p: number | null;
  /** Holm's p over all comparisons of the table, and of a later look also corrected for the looks: below 0.05 counts. */
  readonly p_adjusted: number | null;
  readonly seeds: number;
  /** Test samples of one seed. */
  readonly samples?: number;
  /** Comparisons of the table that `p_adjusted` is corrected for. */
  readonly comparisons?: number;
  /** The smallest gain that could have counted among all comparisons of the table; missing where there is no interval. */
  readonly smallest?: number;
  /** At a later look at an enlarged comparison: the confidence level that decides, and the interval at that level. */
  readonly level?: number;
  readonly interval?: Interval | null;
  /** Why there is no interval. */
  readonly why?: "one sample" | "few groups" | "identical" | "no variance";
  /**
   * `same`: no difference larger than the margin (two one-sided tests at 5 %). With fewer than 3 seeds or 20 test samples
   * always `undecided`.
   */
  readonly finding: "better" | "worse" | "same" | "undecided";
  readonly words: string;
}

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
export interface ComparedRow extends ComparedEntry {
  /** Seeds that came to their end, and those that failed. */
  readonly seeds: readonly number[];
  readonly failed: readonly number[];
  /** On the test part; null when no seed came to its end, or where no classes are learnt: `r2` or `f1` is there then. */
  readonly accuracy: OverSeeds | null;
  readonly r2?: OverSeeds;
  readonly f1?: OverSeeds;
  /** Of one number, in its unit; mean over the seeds. */
  readonly mae?: number;
  readonly macro_f1: number | null;
  /** What the winner is chosen by. */
  readonly validation: ComparedScores | null;
  /** Means. `own` is without the features of the frozen body, which all share. */
  readonly seconds: { readonly total: number; readonly own: number } | null;
  /** The most of all seeds. */
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
  /** Empty where numbers are learnt: then `targets` says which. */
  readonly classes: readonly string[];
  readonly targets?: readonly string[];
  readonly metric: ComparedMetric;
  /** The split of the first seed. */
  readonly split: { readonly train: number; readonly validation: number; readonly test: number };
  readonly seeds: readonly number[];
  /** Do all seeds score the same test items? They do when the test part is given. */
  readonly same_test: boolean;
  /** Groups of the test items, where they have any: the intervals count the groups, and need 10. */
  readonly test_groups?: number;
  /** Which look at this comparison: 2 or more if it was enlarged after a table that could decide. Missing for the first. */
  readonly look?: number;
  /** Best validation first; those that failed last. */
  readonly rows: readonly ComparedRow[];
  readonly baseline: string;
  /** By mean validation accuracy (or R²); null when nothing came to its end. */
  readonly winner: {
    readonly label: string;
    /** The model folder of its seed that is best by validation, and that seed. */
    readonly model: string;
    readonly seed: number;
    /** The next by validation, and how they differ on the test part: missing when there is no other. */
    readonly next?: string;
    readonly difference?: Difference;
    readonly words: string;
  } | null;
  /** What the numbers do not say: one seed, failed runs, small parts. */
  readonly notes: readonly string[];
  readonly runs: readonly ComparedRun[];
  readonly failures: readonly FailedRun[];
  readonly seconds: number;
}

/** What a run is judged by: accuracy, R² or F1. */
export const scoreIn = ({ accuracy, r2, f1 }: Pick<ComparedScores, "accuracy" | "r2" | "f1">): number =>
  r2 ?? f1 ?? accuracy;

/** The same over the seeds of a row; null when none came to its end. */
export const scoreOver = ({
  accuracy,
  r2,
  f1,
}: Pick<ComparedRow, "accuracy" | "r2" | "f1">): OverSeeds | null => r2 ?? f1 ?? accuracy;
