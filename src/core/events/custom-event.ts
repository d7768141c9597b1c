import type { BaselineOf } from "../results/baseline.js";
import type { CommonResult } from "../results/common-result.js";
import type { GroupFacts } from "../results/group-facts.js";
import type { NamedScore, ScoreName } from "../results/metric.js";
import type { SampleSums } from "../results/scored.js";
import type { CustomTask, InitReport, Interval } from "../results/task.js";
import type { AnySeedsResult, Verdict } from "./run-outcome.js";

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
}

/** Result of a run of a task that is defined outside of the product. It says all that a report needs. */
export interface CustomResultEvent extends CommonResult {
  readonly task: CustomTask;
  /** What reports and model cards call the task, in each of their languages. */
  readonly title: Readonly<Record<"en" | "zh", string>>;
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
