import { EngraftError } from "../core/errors.js";
import type { EntityCounts, EntityScores } from "../core/results/entities.js";
import type { SampleSums } from "../core/results/scored.js";
import { sentenceOf } from "../data/entities/words.js";
import { ratioShares } from "../statistics/shares.js";
import { scoredBy } from "./metric-sums.js";
import { recordedScores } from "./recorded-scores.js";
import { estimateOf, groupFacts, shareInterval } from "./share-interval.js";

/** An entity: words `first` to `end`, exclusive. */
export interface EntitySpan {
  readonly type: string;
  readonly first: number;
  readonly end: number;
}

/** A sentence with its true and predicted entities. */
export interface AnsweredSentence {
  readonly item: string;
  readonly words: readonly string[];
  /** Words as one text. */
  readonly text: string;
  readonly truth: readonly EntitySpan[];
  readonly predicted: readonly EntitySpan[];
  /** Number of words with the right tag. */
  readonly right: number;
  /** Number of repaired predicted tags, and of words that were cut off. */
  readonly repaired: number;
  readonly unseen: number;
}

export interface EntityAnswers {
  readonly types: readonly string[];
  readonly sentences: readonly AnsweredSentence[];
  /** Group of each sentence (a document): sentences of a group are similar, so they count less. */
  readonly groups?: readonly string[];
  /** Mean cross-entropy of the words, nats. */
  readonly loss: number | null;
}

/** Number of sentences listed as the worst. */
const mostWorst = 10;

/**
 * Precision P = correct / predicted, recall R = correct / true, F1 = 2 P R / (P + R) over entities, all types together
 * (micro) and each; an entity is correct when bounds and type are. Intervals are over sentences, or their groups, by shares.
 *
 * @throws DataError for no sentences
 * @see Tjong Kim Sang & De Meulder, "Introduction to the CoNLL-2003 Shared Task", 2003, section 2.6 and `conlleval`
 */
export function scoreEntities({ types, sentences, loss, groups }: EntityAnswers): EntityScores {
  if (sentences.length === 0) throw new EngraftError("DataError", "there are no sentences to score");
  const tallies = sentences.map(tally);
  const sum = (of: (t: Tally) => number): number => tallies.reduce((n, t) => n + of(t), 0);
  const micro = ratios(
    sum((t) => t.correct),
    sum((t) => t.predicted),
    sum((t) => t.n),
  );
  const column = (of: (t: Tally) => number) => Float64Array.from(tallies, of);
  const correct = column((t) => t.correct);
  const interval = (below: (t: Tally) => number) =>
    shareInterval(ratioShares(correct, column(below)), groups);
  const found = estimateOf("f1", scoredBy(f1Sums(tallies)).shares, groups);
  const f1_ci95 = found.interval ?? ([0, 1] as const);
  const words = sentences.reduce((n, s) => n + s.words.length, 0);
  return {
    ...micro,
    metric: { name: "f1", value: micro.f1, ci95: f1_ci95, higher_is_better: true },
    sentences: sentences.length,
    words,
    precision_ci95: interval((t) => t.predicted),
    recall_ci95: interval((t) => t.n),
    f1_ci95,
    ...groupFacts(found, groups),
    word_accuracy: sentences.reduce((n, s) => n + s.right, 0) / words,
    loss,
    per_type: types.map((type) => {
      const of = (spans: readonly EntitySpan[]) => spans.filter((s) => s.type === type).length;
      const correct = sentences.reduce((n, s) => n + of(common(s)), 0);
      const all = (which: "truth" | "predicted") => sentences.reduce((n, s) => n + of(s[which]), 0);
      return { type, ...ratios(correct, all("predicted"), all("truth")) };
    }),
    repaired: {
      tags: sentences.reduce((n, s) => n + s.repaired, 0),
      sentences: sentences.filter((s) => s.repaired > 0).length,
    },
    unseen_words: sentences.reduce((n, s) => n + s.unseen, 0),
    ...recordedScores(f1Sums(tallies)),
    confusion: confusionOf(types, sentences),
    worst: sentences
      .map((s, i) => ({ s, mistakes: tallies[i]!.n + tallies[i]!.predicted - 2 * tallies[i]!.correct }))
      .filter(({ mistakes }) => mistakes > 0)
      .sort((a, b) => b.mistakes - a.mistakes)
      .slice(0, mostWorst)
      .map(({ s, mistakes }) => ({
        item: s.item,
        text: s.text,
        mistakes,
        true: s.truth.map((span) => written(span, s.words)),
        predicted: s.predicted.map((span) => written(span, s.words)),
      })),
  };
}

/** Entities of a sentence: true, predicted, and correct. */
export interface Tally {
  readonly n: number;
  readonly predicted: number;
  readonly correct: number;
}

export function tally(s: Pick<AnsweredSentence, "truth" | "predicted">): Tally {
  return { n: s.truth.length, predicted: s.predicted.length, correct: common(s).length };
}

/** Returns the counts of sentences, or of items with several labels, as sums of F1. */
export const f1Sums = (tallies: readonly Tally[]): SampleSums & { readonly metric: "f1" } => ({
  metric: "f1",
  k: 3,
  values: tallies.flatMap(({ n, predicted, correct }) => [n, predicted, correct]),
});

/** F1 of counts; 0 if nothing is right. */
export function f1Of({ n, predicted, correct }: Tally): number {
  return n + predicted === 0 ? 0 : (2 * correct) / (n + predicted);
}

function ratios(correct: number, predicted: number, n: number): EntityCounts {
  return {
    precision: predicted === 0 ? 0 : correct / predicted,
    recall: n === 0 ? 0 : correct / n,
    f1: f1Of({ n, predicted, correct }),
    n,
    predicted,
    correct,
  };
}

const key = ({ type, first, end }: EntitySpan): string => `${first} ${end} ${type}`;

/** Number of entities that are both true and predicted. */
function common({ truth, predicted }: Pick<AnsweredSentence, "truth" | "predicted">): EntitySpan[] {
  const predictedKeys = new Set(predicted.map(key));
  return truth.filter((span) => predictedKeys.has(key(span)));
}

/** See {@link EntityScores.confusion}. */
function confusionOf(types: readonly string[], sentences: readonly AnsweredSentence[]): number[][] {
  const [bounds, nothing] = [types.length, types.length + 1];
  const matrix = Array.from({ length: types.length + 1 }, () => Array<number>(types.length + 2).fill(0));
  const at = new Map(types.map((type, i) => [type, i]));
  const overlap = (a: EntitySpan, b: EntitySpan): boolean => a.first < b.end && b.first < a.end;
  for (const { truth, predicted } of sentences) {
    for (const span of truth) {
      const same = predicted.find((p) => p.first === span.first && p.end === span.end);
      const to = same ? at.get(same.type)! : predicted.some((p) => overlap(p, span)) ? bounds : nothing;
      matrix[at.get(span.type)!]![to]!++;
    }
    for (const span of predicted)
      if (!truth.some((t) => overlap(t, span))) matrix[types.length]![at.get(span.type)!]!++;
  }
  return matrix;
}

/** "PER: Ada Lovelace" */
function written({ type, first, end }: EntitySpan, words: readonly string[]): string {
  return `${type}: ${sentenceOf(words.slice(first, end))}`;
}
