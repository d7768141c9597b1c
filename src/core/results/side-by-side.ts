import type { BaseFacts } from "./base-facts.js";
import type { Interval, ModelTask } from "./task.js";

/** A score of a run as its own result has it. */
export interface SideScore {
  readonly name: "accuracy" | "r2" | "f1";
  readonly value: number;
  /** null where there is none, as of fewer than 10 groups. */
  readonly ci95: Interval | null;
  /** Items it is of. */
  readonly n: number;
}

/** How two models answered the very same test items. */
export interface SideDifference {
  /** Label of the run that it is held against. */
  readonly to: string;
  /** Accuracy (or R²) of this one − that of `to`. */
  readonly gain: number;
  /** Of these two models: what other items would change, and not what another training would; null if both are right on the same items. */
  readonly ci95: Interval | null;
  /** Of no difference, two-sided; and as it is after Holm's correction for the other runs on the page. */
  readonly p: number;
  readonly p_adjusted: number;
  readonly n: number;
  /** `same`: the whole interval lies within ± the margin. */
  readonly finding: "better" | "worse" | "same" | "undecided";
  readonly words: string;
}

/** One epoch of a run's own training, for the curves. */
export interface SideEpoch {
  readonly epoch: number;
  readonly train_loss: number;
  readonly validation_loss: number;
  /** What the epoch was judged by: accuracy, R² or F1. */
  readonly validation: number;
}

/** One run beside others. What is not known (yet) is missing. */
export interface SideRun {
  /** Its folder's name, made unique. */
  readonly label: string;
  readonly run: string;
  readonly status: "done" | "running" | "stopped";
  readonly command: string;
  /** Absolute path of its data. */
  readonly data: string;
  readonly seed: number;
  readonly base?: BaseFacts;
  readonly strategy?: string;
  readonly split?: { readonly train: number; readonly validation: number; readonly test: number };
  readonly test?: SideScore;
  readonly validation?: { readonly n?: number; readonly value: number; readonly loss: number };
  /** Where several seeds were trained: mean and interval of the test score over them. */
  readonly by_seed?: { readonly seeds: number; readonly mean: number; readonly ci95: Interval | null };
  /** Positive, neutral, negative or inconclusive transfer, where a run from scratch stood beside it. */
  readonly verdict?: string;
  readonly epochs: number;
  readonly best_epoch?: number;
  readonly seconds?: { readonly total: number; readonly features: number; readonly training: number };
  readonly peak_rss_mb?: number;
  readonly model_bytes?: number;
  readonly adapter_bytes?: number;
  readonly trainable?: { readonly parameters: number; readonly total: number };
  readonly machine: string;
  /** Against the one that all are held against; a string says why there is none. Missing for that one itself. */
  readonly difference?: SideDifference | string;
  readonly curve: readonly SideEpoch[];
}

/** What `report RUN…` returns for several runs, and its last line of `--json`. */
export interface RunsReport {
  readonly event: "result";
  readonly task: "report";
  /** The page that was written. */
  readonly report: string;
  /** What all of them learn. */
  readonly learns: ModelTask;
  readonly metric: SideScore["name"];
  readonly runs: readonly SideRun[];
  /** Label of the run that the others are held against; null where none is done. */
  readonly against: string | null;
  /** Label of the best by validation; null where it cannot be said. */
  readonly best: string | null;
  /** Options that are not the same in all: a value for each run, null where it was not given. */
  readonly differing: readonly { readonly option: string; readonly values: readonly (string | null)[] }[];
  /** What the numbers do not say. */
  readonly notes: readonly string[];
}
