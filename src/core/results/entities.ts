import type { SeedsF1Result, Verdict } from "../events/run-outcome.js";
import type { BaselineOf } from "./baseline.js";
import type { CommonResult } from "./common-result.js";
import type { GroupFacts } from "./group-facts.js";
import type { SampleSums } from "./scored.js";
import type { Interval } from "./task.js";

/** Scores of one type of entity, or of all. Precision and recall are 0 where nothing was predicted, or nothing is there. */
export interface EntityCounts {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  /** Entities that are there, that were predicted, and those of both: bounds and type right. */
  readonly n: number;
  readonly predicted: number;
  readonly correct: number;
}

/**
 * Scores of a model that marks entities, as conlleval counts them: an entity is right when its bounds and its type are.
 * Intervals are over sentences, or over their groups, by the share of each in the score; 0 to 1 of too few groups.
 */
export interface EntityScores extends EntityCounts, GroupFacts {
  /** Sentences are what {@link sentences} says; `n` counts entities. */
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
  /** Share of words whose tag is right: most are O, so it flatters. */
  readonly word_accuracy: number;
  /** Mean cross-entropy of the words, nats; null where nothing was probable (a look-up). */
  readonly loss: number | null;
  readonly per_type: readonly (EntityCounts & { readonly type: string })[];
  /** Predicted tags that cannot stand where they are, read as the begin of an entity; and sentences with them. */
  readonly repaired: { readonly tags: number; readonly sentences: number };
  /** How each test sample was answered, in the order of the data. */
  readonly scores?: SampleSums;
  /** The same: Three whole numbers a sentence: what is there, what was said, and what of both. */
  readonly tallies?: readonly number[];
  /** Words that were cut off: they count as answered O. */
  readonly unseen_words: number;
  /**
   * What became of entities: a row a type and one for "nothing there", a column a type, one for "other bounds" and one for
   * "nothing said".
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

/** Another way to the same entities, on the same data and test part. */
export type EntityBaseline = BaselineOf<EntityScores>;

/** The last event of a run that learns to mark entities. */
export interface EntitiesResultEvent extends CommonResult {
  readonly task: "token-classification";
  /** Types of entities, and what a model answers for a word: O, then B and I of each type. */
  readonly types: readonly string[];
  readonly labels: readonly string[];
  /** How the data marks entities; the model speaks BIO. */
  readonly scheme: string;
  /** Tags of the data that were repaired. */
  readonly repaired: { readonly tags: number; readonly sentences: number };
  readonly test: EntityScores;
  readonly validation: { readonly n: number; readonly f1: number; readonly loss: number };
  readonly baselines: {
    /** Each word's most frequent tag in the training part. */
    readonly lookup: EntityBaseline;
    readonly probe?: EntityBaseline;
    readonly scratch?: EntityBaseline;
  };
  readonly verdict?: Verdict;
  /** With several seeds: each training's F1 on the test part; `test` and the model are the first's. */
  readonly by_seed?: SeedsF1Result;
}
