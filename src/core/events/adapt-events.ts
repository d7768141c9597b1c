import type { Message, Recipe } from "../messages/message.js";
import type { BaseModality, SampleWords } from "../modalities.js";
import type { CommonResult } from "../results/common-result.js";
import type { ClassificationScores, SplitCounts } from "../results/counts.js";
import type { Interval } from "../results/task.js";

/** One domain of an adaptation, after opening. */
export interface DomainEvent {
  readonly event: "domain";
  readonly role: "source" | "target";
  readonly root: string;
  /** Unit of its items: "picture", "text". */
  readonly unit: string;
  /** Empty if there are no labels. */
  readonly classes: readonly string[];
  readonly split: SplitCounts;
  /** Empty if every sample is scored. */
  readonly split_words: string;
  /** The same for reports in other languages. */
  readonly split_messages?: readonly Message[];
  readonly skipped: readonly { readonly item: string; readonly reason: string }[];
  readonly fingerprint: string;
}

/** Distance of two domains, by features of items that were not trained on. */
export interface DomainDistance {
  /** Proxy A-distance, 0 … 2, from the held-out error of a linear classifier; missing if there are too few items. */
  readonly a_distance?: { readonly value: number; readonly ci95: Interval; readonly n: number };
  /** Unbiased MMD² with a Gaussian of the median distance, and its permutation p. */
  readonly mmd?: { readonly value: number; readonly p: number; readonly n: number };
}

/** Whether source and target differ in more than the shares of the classes. */
export interface DomainGuard {
  /** Between the target and source samples that are drawn by the target's estimated shares. Missing: too few samples. */
  readonly domains?: NonNullable<DomainDistance["a_distance"]>;
  /** Between two halves of these source samples. */
  readonly halves?: NonNullable<DomainDistance["a_distance"]>;
  /** Why only other shares of the classes are not enough to explain the target. Missing: the domains are alike but for the shares. */
  readonly refused?: "differ" | "few samples" | "few groups" | "no source";
}

/**
 * Accuracy of the adapted model minus that of source-only, from one training each. Another training may differ by more
 * than the interval shows, so there is no p and no interval of the method.
 */
export interface AdaptGain {
  readonly value: number;
  /** The gain is that of these two models, not of the method. */
  readonly of: "models";
  /** Interval over other target samples, for these two models; null: they are right on the same samples, or the groups are too few. */
  readonly models_ci95: Interval | null;
  /** Number of groups of the samples, if they are too few for an interval. */
  readonly few_groups?: number;
}

/** A comparison of the adapted model and source-only on a few labelled samples of the target, drawn from its test split. */
export interface AdaptCheck {
  /** Number of drawn samples. */
  readonly n: number;
  /** Predicted class of each drawn sample. */
  readonly predictions: { readonly adapted: readonly string[]; readonly source_only: readonly string[] };
  /** List in the run folder whose labels the user fills in. Missing: the target has labels. */
  readonly file?: string;
  /** Missing until the labels are known. */
  readonly scores?: {
    /** Samples that each model predicts right. */
    readonly adapted: number;
    readonly source_only: number;
    /** Samples that only one of them predicts right. */
    readonly only_adapted: number;
    readonly only_source_only: number;
    /** Of the exact McNemar test, two-sided. */
    readonly p: number;
  };
}

/** A candidate of the choice: an epoch under a trade-off, or a map of frozen features. */
export interface AdaptCandidate {
  /** The map of features; missing for a training. */
  readonly map?: {
    readonly name: "none" | "moments" | "transport" | "adabn";
    readonly self_trained: boolean;
  };
  /** Weight of the alignment; missing for a method without one. */
  readonly trade_off?: number;
  readonly epoch: number;
  /** Accuracy on the source's validation split. */
  readonly source_accuracy: number;
  /** Mutual information of the predictions for unlabelled target items, 0 … 1. */
  readonly information: number;
  /** Score of the choice; see `chosen.by`. */
  readonly score: number;
  /** Accuracy on the target's test split, if it has labels; known only after the choice. */
  readonly target_accuracy?: number;
}

/** The last event of `adapt`, and what the library's `adapt` returns. */
export interface AdaptResultEvent extends CommonResult {
  readonly task: "domain-adaptation";
  readonly method: Recipe & {
    readonly name: string;
    readonly paper: string;
    /** The name that the user gave, if it is a word of the literature: "task" for "mcc". */
    readonly requested?: string;
  };
  readonly unit: SampleWords<BaseModality>["one"];
  readonly classes: readonly string[];
  readonly source: { readonly root: string; readonly split: SplitCounts };
  readonly target: { readonly root: string; readonly split: SplitCounts; readonly labelled: boolean };
  /** The kept candidate, chosen without target labels, and how. */
  readonly chosen: AdaptCandidate & {
    readonly by: string;
    /** The same for reports in other languages. */
    readonly by_message?: Message;
  };
  /** All candidates, in the order of training. */
  readonly candidates: readonly AdaptCandidate[];
  /** The best choice by target labels: for comparison, never used. */
  readonly oracle?: AdaptCandidate;
  /** Scores of the chosen candidate on the target's test split; missing without target labels. */
  readonly test?: ClassificationScores;
  /** The same network and recipe without the method; chosen by source validation. */
  readonly source_only: AdaptCandidate & { readonly test?: ClassificationScores };
  /** Accuracy of the method − accuracy of source-only on the same target items. */
  readonly gain?: AdaptGain;
  /** With the option `check`: both models on a few samples. Then other labels of the target can only balance its split. */
  readonly check?: AdaptCheck;
  /** Distance in the features of source-only (before) and of the chosen candidate (after). */
  readonly distance: { readonly before: DomainDistance; readonly after: DomainDistance };
  /** Of maps: whether the target differs from the source in more than the shares of its classes. If not ("differ"), source-only is kept. */
  readonly guard?: DomainGuard;
  /**
   * Of maps: shares of each class in the source's validation split, in the target as source-only estimates them, and in the predictions
   * of both models for the target's validation split.
   */
  readonly shares?: readonly (Readonly<Record<"source" | "estimated" | "source_only" | "adapted", number>> & {
    readonly name: string;
  })[];
  /** Of maps: p of the test that the target has the shares of the source. */
  readonly shares_p?: number;
  /** Of maps: shares that the score expects. "equal" if the estimate lacks a class. */
  readonly expected_shares?: "estimated" | "equal";
  /** For instance weighting: effective number of source items, and their largest weight. */
  readonly weights?: { readonly effective: number; readonly largest: number; readonly n: number };
  readonly seed: number;
}
