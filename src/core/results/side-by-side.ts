import type { Message } from "../../core/messages/message.js";
import type { BaseFacts } from "./base-facts.js";
import type { ScoreName } from "./metric.js";
import type { Interval, ModelTask } from "./task.js";

/** A score of a run, from its own result. */
export interface SideScore {
  readonly name: ScoreName;
  readonly value: number;
  /** null if there is none, as with fewer than 10 groups. */
  readonly ci95: Interval | null;
  /** Number of its items. */
  readonly n: number;
}

/** Difference of two models on the same test items. */
export interface SideDifference {
  /** Label of the run that it is compared with. */
  readonly to: string;
  /** Score of this one − that of `to`. */
  readonly gain: number;
  /**
   * Interval for these two models: other items may differ, other trainings are not covered; null if both are right on
   * the same items.
   */
  readonly ci95: Interval | null;
  /** p of no difference, two-sided; and after Holm's correction for the other runs on the page. */
  readonly p: number;
  readonly p_adjusted: number;
  readonly n: number;
  /** A difference within ± this counts as none. */
  readonly margin: number;
  /** Number of runs that `p_adjusted` is corrected for. */
  readonly comparisons: number;
  /** Number of groups of the items if they are too few for an interval. */
  readonly few_groups?: number;
  /** `same`: the whole interval lies within ± the margin. */
  readonly finding: "better" | "worse" | "same" | "undecided";
  /** The sentences of `words`. */
  readonly sentences: readonly SideSentence[];
  readonly words: string;
}

/** A sentence on the difference of two models. */
export type SideSentence = SideDifference["finding"] | "few groups" | "two models";

/** One epoch of a run's own training, for the curves. */
export interface SideEpoch {
  readonly epoch: number;
  readonly train_loss: number;
  readonly validation_loss: number;
  /** Validation score of the epoch. */
  readonly validation: number;
}

/** A run next to others. Unknown values are missing. */
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
  /** With several seeds: mean and interval of the test score over them. */
  readonly by_seed?: { readonly seeds: number; readonly mean: number; readonly ci95: Interval | null };
  /** Positive, neutral, negative or inconclusive transfer, if the run has a baseline from scratch. */
  readonly verdict?: string;
  readonly epochs: number;
  readonly best_epoch?: number;
  readonly seconds?: { readonly total: number; readonly features: number; readonly training: number };
  readonly peak_rss_mb?: number;
  readonly model_bytes?: number;
  readonly adapter_bytes?: number;
  readonly trainable?: { readonly parameters: number; readonly total: number };
  readonly machine: string;
  /** Difference to the reference run; a string says why there is none. Missing for the reference run itself. */
  readonly difference?: SideDifference | string;
  /** The string for reports in other languages. */
  readonly difference_message?: Message;
  readonly curve: readonly SideEpoch[];
}

/** What `report RUN…` returns for several runs, and its last line of `--json`. */
export interface RunsReport {
  readonly event: "result";
  readonly task: "report";
  /** Path of the written page. */
  readonly report: string;
  /** What all of them learn. */
  readonly learns: ModelTask;
  readonly metric: ScoreName;
  readonly runs: readonly SideRun[];
  /** Label of the reference run; null if none is done. */
  readonly against: string | null;
  /** Label of the best by validation; null if unknown. */
  readonly best: string | null;
  /** Options that differ between runs: a value for each run, null if not set. */
  readonly differing: readonly { readonly option: string; readonly values: readonly (string | null)[] }[];
  /** Caveats. */
  readonly notes: readonly string[];
  /** The same for reports in other languages. */
  readonly note_messages?: readonly Message[];
}
