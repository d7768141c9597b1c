import type { CommonResult } from "../results/common-result.js";
import type { SplitCounts } from "../results/counts.js";
import type { GenerationResultEvent } from "../results/sequences/generation.js";
import type { Interval } from "../results/task.js";

/** Language-modelling scores on the held-back texts. */
export interface LanguageScores {
  /** Number of predicted places. */
  readonly n: number;
  /** Mean of −ln p(token), nats, with its interval over the texts, of an encoder over the rows; null for one. */
  readonly loss: number;
  readonly loss_ci95: Interval | null;
  /** e to the loss: as undecided as among this many tokens; lower is better. */
  readonly perplexity: number;
  readonly perplexity_ci95: Interval | null;
  /** Share of the places whose token had the highest score. */
  readonly accuracy: number;
  /** Of a decoder: bits per byte of the texts in UTF-8, which also compares models with other tokens. */
  readonly bits_per_byte?: number;
  readonly bits_per_byte_ci95?: Interval | null;
}

/** The last event of `pretrain`, and what the library's `pretrain` returns. `model` is the new base: a folder for `--base`. */
export interface PretrainResultEvent extends Omit<CommonResult, "test_looks" | "safe"> {
  readonly task: "language-modelling";
  /** masked: tokens are hidden and predicted from both sides; causal: each is predicted from those before it. */
  readonly objective: { readonly name: "masked" | "causal"; readonly words: string; readonly paper: string };
  /** Texts: `validation` is held back. */
  readonly split: SplitCounts;
  /** Tokens of the training texts, and number and length of the rows. */
  readonly tokens: number;
  readonly rows: { readonly train: number; readonly held_back: number; readonly length: number };
  /**
   * On the held-back texts: the original base with the best language-modelling head on its frozen features, and the new
   * one.
   */
  readonly before: LanguageScores;
  readonly after: LanguageScores;
  /** Guessing by the frequencies of the tokens in the training texts. */
  readonly guessing: { readonly loss: number; readonly perplexity: number };
  /** before.loss − after.loss with its paired interval, as that of the loss: above 0 is better. */
  readonly gain: { readonly loss: number; readonly ci95: Interval | null };
  /** Of a decoder: how held-back texts go on. */
  readonly samples?: GenerationResultEvent["samples"];
  readonly seed: number;
}
