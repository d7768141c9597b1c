import type { SeedsF1Result, Verdict } from "../events/run-outcome.js";
import type { BaselineOf } from "./baseline.js";
import type { CommonResult } from "./common-result.js";
import type { GroupFacts } from "./group-facts.js";
import type { SampleSums } from "./scored.js";
import type { Interval, TaskWith } from "./task.js";

/** Scores of one type of entity, or of all. Precision and recall are 0 if nothing was predicted, or nothing is true. */
export interface EntityCounts {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  /** Number of true entities, of predicted ones, and of those with right bounds and type. */
  readonly n: number;
  readonly predicted: number;
  readonly correct: number;
}

/**
 * Scores of entity recognition, counted as in conlleval: an entity is right if its bounds and its type are. Intervals
 * are over sentences, or over their groups, by the share of each in the score; 0 to 1 for too few groups.
 */
export interface EntityScores extends EntityCounts, GroupFacts {
  /** Number of sentences; `n` counts entities. */
  readonly sentences: number;
  readonly words: number;
  readonly metric: {
    readonly name: "f1";
    readonly value: number;
    readonly ci95: Interval;
    readonly higher_is_better: true;
  };
  readonly precision_ci95: Interval;
  readonly recall_ci95: Interval;
  readonly f1_ci95: Interval;
  /** Share of words whose tag is right: most are O, so it is flattering. */
  readonly word_accuracy: number;
  /** Mean cross-entropy of the words, nats; null without probabilities (a look-up). */
  readonly loss: number | null;
  readonly per_type: readonly (EntityCounts & { readonly type: string })[];
  /** Invalid predicted tags, read as the beginning of an entity; and sentences with them. */
  readonly repaired: { readonly tags: number; readonly sentences: number };
  /** How each test sample was answered, in the order of the data. */
  readonly scores?: SampleSums;
  /** Words that were cut off: they count as predicted O. */
  readonly unseen_words: number;
  /**
   * Confusion of entities: a row per type and one for "nothing there", a column per type, one for "other bounds" and
   * one for "nothing said".
   */
  readonly confusion: readonly (readonly number[])[];
  /** Sentences with most mistakes, worst first; entities are written "PER: Ada Lovelace". */
  readonly worst: readonly {
    readonly item: string;
    readonly text: string;
    readonly mistakes: number;
    readonly true: readonly string[];
    readonly predicted: readonly string[];
  }[];
}

/** A baseline for the same entities, on the same data and test split. */
export type EntityBaseline = BaselineOf<EntityScores>;

/** The last event of an entity-recognition run. */
export interface EntitiesResultEvent extends CommonResult {
  readonly task: TaskWith<{ head: "tags" }>;
  /** Types of entities, and the tags that a model predicts for a word: O, then B and I of each type. */
  readonly types: readonly string[];
  readonly labels: readonly string[];
  /** Tagging scheme of the data; the model uses BIO. */
  readonly scheme: string;
  /** Repaired tags of the data. */
  readonly repaired: { readonly tags: number; readonly sentences: number };
  readonly test: EntityScores;
  readonly validation: { readonly n: number; readonly f1: number; readonly loss: number };
  readonly baselines: {
    /** Baseline: each word's most frequent tag in the training split. */
    readonly lookup: EntityBaseline;
    readonly probe?: EntityBaseline;
    readonly scratch?: EntityBaseline;
  };
  readonly verdict?: Verdict;
  /** With several seeds: the test F1 of each training; `test` and the model are the first's. */
  readonly by_seed?: SeedsF1Result;
}
