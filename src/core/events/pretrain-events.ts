import type { CommonResult } from "../results/common-result.js";
import type { SplitCounts } from "../results/counts.js";
import type { Interval } from "../results/task.js";

/** How well a model says which token stands at a place, over the texts that were held back. */
export interface LanguageScores {
  /** Places that were asked for. */
  readonly n: number;
  /** Mean of −ln p(token), nats, with its interval over the rows; null of one row. */
  readonly loss: number;
  readonly loss_ci95: Interval | null;
  /** e to the loss: as undecided as among so many tokens; lower is better. */
  readonly perplexity: number;
  readonly perplexity_ci95: Interval | null;
  /** Share of the places whose token had the highest score. */
  readonly accuracy: number;
}

/** The last event of `pretrain`, and what the library's `pretrain` returns. `model` is the new base: a folder for `--base`. */
export interface PretrainResultEvent extends Omit<CommonResult, "test_looks" | "safe"> {
  readonly task: "language-modelling";
  /** masked: tokens are hidden and guessed from both sides; causal: each is guessed from those before it. */
  readonly objective: { readonly name: "masked" | "causal"; readonly words: string; readonly paper: string };
  /** Texts: `validation` is what was held back. */
  readonly split: SplitCounts;
  /** Tokens of the texts that were learnt from, and rows of how many tokens they were put into. */
  readonly tokens: number;
  readonly rows: { readonly train: number; readonly held_back: number; readonly length: number };
  /** On the held-back texts: the base as it was, with the best head of words over its frozen features, and the new one. */
  readonly before: LanguageScores;
  readonly after: LanguageScores;
  /** before.loss − after.loss with its paired interval over the rows: above 0 is better. null of one row. */
  readonly gain: { readonly loss: number; readonly ci95: Interval | null };
  readonly seed: number;
}
