import type { SourceLead } from "../messages/strategy-en.js";
import type { Interval } from "../results/task.js";

/** A model of a run with a source table. */
export interface SourceScore {
  /** "alone": the target alone; "pooled": both tables with a column "source"; "residual": a linear model on the outputs of the source's model. */
  readonly name: "alone" | "pooled" | "residual" | "source";
  readonly model: "linear" | "trees";
  /** R², or log loss of classes, for the target's rows by models that did not see the row. */
  readonly folds: number;
  /** Score of the target's test split. */
  readonly test: number;
  readonly ci95: Interval | null;
}

/** What another table adds to a model of the target table (`--with`). */
export interface SourceFacts {
  /** Name of its file. */
  readonly source: string;
  readonly rows: number;
  readonly left_out: number;
  readonly metric: "accuracy" | "r2";
  /** Rows of the target that chose by folds, and the number of folds. */
  readonly chosen_on: number;
  readonly folds: number;
  /** The candidates: the target alone first. Last the source alone, which is none. */
  readonly scores: readonly SourceScore[];
  readonly kept: "alone" | "pooled" | "residual";
  readonly lead: SourceLead;
  /** Test score minus that of the target alone, of the kept candidate; if that is the target alone, of the best other one by folds. */
  readonly gain: {
    readonly of: "pooled" | "residual";
    readonly value: number;
    readonly ci95: Interval | null;
  };
}
