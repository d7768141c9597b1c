import type { BaselineOf } from "../results/baseline.js";
import type { CommonResult } from "../results/common-result.js";
import type { GroupFacts } from "../results/group-facts.js";
import type { NamedScore, ScoreName } from "../results/metric.js";
import type { SampleSums } from "../results/scored.js";
import type { CustomTask, InitReport, Interval } from "../results/task.js";
import type { AnySeedsResult, Verdict } from "./run-outcome.js";

/** A text in each language of reports. */
type InLanguages = Readonly<Record<"en" | "zh", string>>;

/** What a task shows besides its score: plain values, which screen, page and card write. */
export interface CustomDetails {
  readonly tables?: readonly {
    readonly title: InLanguages;
    /** "share" 87.3 %, "decimal" 0.873. The first column names the row. */
    readonly columns: readonly {
      readonly name: InLanguages;
      readonly as: "share" | "decimal" | "count" | "text";
    }[];
    readonly rows: readonly (readonly (number | string | InLanguages | null)[])[];
  }[];
  /** Lines over numbers. They stand on pages only. */
  readonly charts?: readonly {
    readonly title: InLanguages;
    /** Meaning of x and y. */
    readonly note: InLanguages;
    readonly x: readonly number[];
    readonly lines: readonly { readonly label: InLanguages; readonly values: readonly (number | null)[] }[];
    /** True: the values of the lines are shares from 0 to 1. */
    readonly share?: true;
  }[];
}

/** Scores of a task that is defined outside of the product. */
export interface CustomScores extends GroupFacts {
  readonly n: number;
  readonly metric: {
    readonly name: ScoreName;
    readonly value: number;
    /** null without an interval, for example with fewer than 10 groups. */
    readonly ci95: Interval | null;
    readonly higher_is_better: true;
  };
  /** Mean loss; missing for a baseline that has none. */
  readonly loss?: number;
  /** How each test sample was predicted, in the order of the data. */
  readonly scores: SampleSums;
  /** Missing for baselines, and for a task that shows its score alone. */
  readonly details?: CustomDetails;
}

/** Result of a run of a task that is defined outside of the product. It says all that a report needs. */
export interface CustomResultEvent extends CommonResult {
  readonly task: CustomTask;
  /** What reports and model cards call the task, in each of their languages. */
  readonly title: InLanguages;
  /** Names of what is predicted: classes, levels, numbers. */
  readonly classes: readonly string[];
  readonly test: CustomScores;
  /** The score stands under the name of the metric. */
  readonly validation: { readonly n: number; readonly loss: number } & NamedScore;
  readonly baselines?: Readonly<Record<string, BaselineOf<CustomScores>>>;
  readonly verdict?: Verdict;
  readonly by_seed?: AnySeedsResult;
  readonly init?: InitReport;
}
