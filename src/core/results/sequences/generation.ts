import type { AnySeedsResult, Verdict } from "../../events/run-outcome.js";
import type { BaselineOf } from "../baseline.js";
import type { CommonResult } from "../common-result.js";
import type { GroupFacts } from "../group-facts.js";
import type { SampleSums } from "../scored.js";
import type { Interval, TaskWith } from "../task.js";

/**
 * Scores of a decoder on texts or chats. Each token is predicted from the true ones before it; of chats, those of the answers. Intervals are
 * over the texts or chats, or over their groups.
 */
export interface GenerationScores extends GroupFacts {
  /** Number of texts or chats. */
  readonly n: number;
  /** Share of the tokens that had the highest score. */
  readonly metric: {
    readonly name: "token_accuracy";
    readonly value: number;
    readonly ci95: Interval | null;
    readonly higher_is_better: true;
  };
  /** Number of predicted tokens. */
  readonly tokens: number;
  /** Mean of −ln p(token), nats. */
  readonly loss: number;
  /** e to the loss: as undecided as among this many tokens; 1 is perfect. */
  readonly perplexity: number;
  readonly perplexity_ci95: Interval | null;
  /** Bits per byte of the texts in UTF-8, which also compares models with other tokens. */
  readonly bits_per_byte: number;
  readonly bits_per_byte_ci95: Interval | null;
  /** Correct tokens, and all tokens, of each text or chat. */
  readonly scores?: SampleSums;
  /** The texts or chats with the highest perplexity, worst first. */
  readonly worst: readonly {
    readonly item: string;
    readonly text: string;
    readonly tokens: number;
    readonly perplexity: number;
  }[];
}

/** The last event of a run of text generation. */
export interface GenerationResultEvent extends CommonResult {
  readonly task: TaskWith<{ head: "sequence" }>;
  readonly form: "texts" | "chats";
  /** Tokens of the training split, and number and length of its rows. */
  readonly tokens: number;
  readonly rows: { readonly train: number; readonly length: number };
  /** How chats were read. */
  readonly chats?: {
    readonly learnt: "answers" | "all messages";
    /** Tokens of the training chats that were learnt. */
    readonly tokens: number;
    /** Where the template of chats comes from: the base, the option `template`, or the default one. */
    readonly template: "base" | "given" | "default";
    /** Chats with more tokens than a row, of which the end was not learnt. */
    readonly cut: number;
  };
  /** Type of the model's file as Transformers.js names it. Missing: the file has no cache, and Transformers.js cannot write with it. */
  readonly dtype?: "fp32" | "fp16";
  readonly test: GenerationScores;
  readonly validation: {
    readonly n: number;
    readonly token_accuracy: number;
    readonly perplexity: number;
    readonly loss: number;
  };
  /**
   * How some texts of the test split go on, or the answers to chats. `prompt` is the beginning, `data` its continuation in the data; `before` and
   * `after` are the most probable tokens of the base and of the new model.
   */
  readonly samples: readonly Readonly<Record<"item" | "prompt" | "data" | "before" | "after", string>>[];
  readonly baselines: {
    readonly unigram?: BaselineOf<GenerationScores>;
    readonly zero_shot?: BaselineOf<GenerationScores>;
    readonly scratch?: BaselineOf<GenerationScores>;
  };
  readonly verdict?: Verdict;
  /** With several seeds: the token accuracy of each training; `test` and the model are the first's. */
  readonly by_seed?: AnySeedsResult;
}
