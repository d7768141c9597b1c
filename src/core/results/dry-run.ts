import type { StrategyFacts } from "../messages/message.js";
import type { BaseFacts } from "./base-facts.js";
import type { ForecastFacts, SplitCounts } from "./counts.js";
import type { ModelTask } from "./task.js";

/** What a training would do, with reasons and a forecast. Nothing was trained or saved. */
export interface DryRunResult {
  readonly event: "result";
  readonly task: "dry-run";
  /** Task of the training. */
  readonly learns: ModelTask;
  readonly data: { readonly path: string; readonly fingerprint: string; readonly split: SplitCounts };
  readonly base: BaseFacts;
  readonly strategy: StrategyFacts;
  /** Value of the base graph at which the new head starts, with the reason. */
  readonly cut: string;
  /** Weights that would be trained or solved, and all weights; 0 parameters for a model whose size its solution decides. */
  readonly trainable: { readonly parameters: number; readonly total: number };
  /** Number of epochs; 0 for a head that is solved. */
  readonly epochs: number;
  /** Samples per step; 0 for a head that is solved. */
  readonly batch: number;
  /** Peak learning rate, that of the head; null for a head that is solved. */
  readonly rate: number | null;
  /** True if the run would also train from scratch; "quick" for baselines without that. */
  readonly baselines: boolean | "quick";
  /** Trainings with different seeds. */
  readonly seeds: number;
  /** Folds of a cross-validation. Missing: none. */
  readonly folds?: number;
  readonly forecast: ForecastFacts & { readonly words: string };
  /** Command of the training. */
  readonly command: string;
  /** Seconds that the dry run took. */
  readonly seconds: number;
}
