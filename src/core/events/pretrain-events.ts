import type { BaseFacts } from "../results/base-facts.js";
import type { ForecastFacts, SplitCounts } from "../results/counts.js";
import type { Interval } from "../results/task.js";

/** Language-modelling scores on the held-back texts. */
export interface LanguageScores {
  /** Number of predicted places. */
  readonly n: number;
  /** Mean of −ln p(token), nats, with its interval over the rows; null for one row. */
  readonly loss: number;
  readonly loss_ci95: Interval | null;
  /** e to the loss: as undecided as among this many tokens; lower is better. */
  readonly perplexity: number;
  readonly perplexity_ci95: Interval | null;
  /** Share of the places whose token had the highest score. */
  readonly accuracy: number;
}

/** The last event of `pretrain`, and what the library's `pretrain` returns. */
export interface PretrainResultEvent {
  readonly event: "result";
  readonly task: "language-modelling";
  readonly run: string;
  /** The new base: a folder for `--base`. */
  readonly model: string;
  readonly base: BaseFacts;
  /** masked: tokens are hidden and predicted from both sides; causal: each is predicted from those before it. */
  readonly objective: { readonly name: "masked" | "causal"; readonly words: string; readonly paper: string };
  /** Texts: `validation` is held back. */
  readonly split: SplitCounts;
  /** Tokens of the training texts, and number and length of the rows. */
  readonly tokens: number;
  readonly rows: { readonly train: number; readonly held_back: number; readonly length: number };
  readonly trainable: { readonly parameters: number; readonly total: number };
  readonly epochs: number;
  /** 0: no epoch was better than the base itself. */
  readonly best_epoch: number;
  /**
   * On the held-back texts: the original base with the best language-modelling head on its frozen features, and the new
   * one.
   */
  readonly before: LanguageScores;
  readonly after: LanguageScores;
  /** before.loss − after.loss with its paired interval over the rows: above 0 is better. null for one row. */
  readonly gain: { readonly loss: number; readonly ci95: Interval | null };
  readonly seconds: { readonly total: number; readonly training: number };
  readonly peak_rss_mb: number;
  readonly forecast: ForecastFacts;
  readonly seed: number;
}
