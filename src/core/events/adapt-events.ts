import type { Message, Recipe } from "../../core/messages/message.js";
import type { BaseFacts } from "../results/base-facts.js";
import type { ClassificationScores, ForecastFacts, SplitCounts } from "../results/counts.js";
import type { Interval } from "../results/task.js";

/** One side of an adaptation, looked at. */
export interface DomainEvent {
  readonly event: "domain";
  readonly role: "source" | "target";
  readonly root: string;
  /** What its items are: "picture", "text". */
  readonly unit: string;
  /** Empty where there are no labels. */
  readonly classes: readonly string[];
  readonly split: SplitCounts;
  readonly split_words: string;
  /** The same for reports in other languages. Missing in runs of older versions. */
  readonly split_messages?: readonly Message[];
  readonly skipped: readonly { readonly item: string; readonly reason: string }[];
  readonly fingerprint: string;
}

/** How far two domains lie apart, by features of items that nothing trained on. */
export interface DomainDistance {
  /** Proxy A-distance, 0 … 2, from the held-out error of a linear classifier; missing where there are too few items. */
  readonly a_distance?: { readonly value: number; readonly ci95: Interval; readonly n: number };
  /** Unbiased MMD² with a Gaussian of the median distance, and its permutation p. */
  readonly mmd?: { readonly value: number; readonly p: number; readonly n: number };
}

/**
 * Accuracy of the adapted model less that of source-only, of one training each. Another training may differ by more than the
 * interval shows, so there is no p, and no interval of the method.
 */
export interface AdaptGain {
  readonly value: number;
  /** The gain is one of these two models, not of the method. */
  readonly of: "models";
  /** On other target items, of these two models; null: they are right on the same items. Runs of older versions lack it. */
  readonly models_ci95?: Interval | null;
}

/** One state of one training that could have been chosen: an epoch under a trade-off. */
export interface AdaptCandidate {
  /** Weight of the alignment; missing for a method without one. */
  readonly trade_off?: number;
  readonly epoch: number;
  /** On the source's validation part. */
  readonly source_accuracy: number;
  /** Of the answers to unlabelled target items, 0 … 1. */
  readonly information: number;
  /** What the choice is made by; see `chosen.by`. */
  readonly score: number;
  /** On the target's test part, when it has labels; known only after the choice. */
  readonly target_accuracy?: number;
}

/** The last event of `adapt`, and what the library's `adapt` returns. */
export interface AdaptResultEvent {
  readonly event: "result";
  readonly task: "domain-adaptation";
  readonly run: string;
  readonly model: string;
  readonly base: BaseFacts;
  readonly method: Recipe & { readonly name: string; readonly paper: string };
  readonly unit: string;
  readonly classes: readonly string[];
  readonly source: { readonly root: string; readonly split: SplitCounts };
  readonly target: { readonly root: string; readonly split: SplitCounts; readonly labelled: boolean };
  /** The state that was kept, chosen without target labels, and how. */
  readonly chosen: AdaptCandidate & {
    readonly by: string;
    /** The same for reports in other languages. Missing in runs of older versions. */
    readonly by_message?: Message;
  };
  /** Every state that could have been chosen, in the order of training. */
  readonly candidates: readonly AdaptCandidate[];
  /** What the best choice by target labels would have given: for comparison, never used. */
  readonly oracle?: AdaptCandidate;
  /** Of the chosen state on the target's test part; missing without target labels. */
  readonly test?: ClassificationScores;
  /** The same network and recipe without the method; chosen by source validation. */
  readonly source_only: AdaptCandidate & { readonly test?: ClassificationScores };
  /** Accuracy of the method − accuracy of source-only on the same target items. */
  readonly gain?: AdaptGain;
  /** On features of source-only (before) and of the chosen state (after). */
  readonly distance: { readonly before: DomainDistance; readonly after: DomainDistance };
  /** Of instance weighting: how many source items the weighted ones are worth, and their largest weight. */
  readonly weights?: { readonly effective: number; readonly largest: number; readonly n: number };
  readonly epochs: number;
  /** What it was expected to take, before the first step. */
  readonly forecast: ForecastFacts;
  readonly seconds: { readonly total: number; readonly training: number };
  readonly peak_rss_mb: number;
  readonly seed: number;
}
