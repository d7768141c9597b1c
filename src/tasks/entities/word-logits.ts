import { stopIf } from "../../core/errors.js";
import type { EntityScores } from "../../core/results/entities.js";
import type { Validation } from "../../core/results/metric.js";
import type { EntityData, SentenceItem } from "../../data/entities/open-entities.js";
import type { TaggedTable } from "../../data/entities/tagged-table.js";
import { brokenTags, type Span, spansOf } from "../../data/entities/tags.js";
import { sentenceOf } from "../../data/entities/words.js";
import { sizedBatches } from "../../data/index.js";
import { groupsOfItems } from "../../data/split/groups.js";
import { type AnsweredSentence, f1Of, scoreEntities, tally } from "../../evaluate/entities.js";
import { argmax, logProbability } from "../../linalg/softmax.js";
import type { Evaluator } from "../../train/fit.js";

/** Logits of the words within the model's limit, float32[W, C], sentence after sentence. */
export interface WordLogits {
  readonly items: readonly SentenceItem[];
  readonly scores: Float32Array;
  /** Number of words of each sentence within the model's limit. */
  readonly seen: Int32Array;
}

/** Sentences per batch. */
const atOnce = 32;

/** Returns a model's logits for sentences. @param evaluate tokens int32[n, length] -> logits float32[n · length, C] */
export async function wordLogits(
  evaluate: Evaluator,
  items: readonly SentenceItem[],
  inputs: TaggedTable,
  classes: number,
  signal?: AbortSignal,
): Promise<WordLogits> {
  const seen = Int32Array.from(items, (item) => inputs.placesOf(item).length);
  const first = starts(seen);
  const scores = new Float32Array(first[items.length]! * classes);
  for (const { x, indices } of sizedBatches(items, inputs, atOnce)) {
    stopIf(signal);
    const all = await evaluate(x);
    const length = x.dims[1]!;
    indices.forEach((index, i) => {
      inputs.placesOf(items[index]!).forEach((place, word) => {
        const row = (i * length + place) * classes;
        scores.set(all.subarray(row, row + classes), (first[index]! + word) * classes);
      });
    });
  }
  return { items, scores, seen };
}

/** Returns the position of each sentence's first word, and the end of the last. */
export function starts(counts: Int32Array): Int32Array {
  const first = new Int32Array(counts.length + 1);
  counts.forEach((n, i) => {
    first[i + 1] = first[i]! + n;
  });
  return first;
}

/** Returns the most probable tag of each word; O for words beyond the model's limit. @param outside number of O */
export function predictedTags({ items, scores, seen }: WordLogits, classes: number, outside = 0): number[][] {
  const first = starts(seen);
  return items.map(({ words }, s) =>
    words.map((_, w) => {
      if (w >= seen[s]!) return outside;
      return argmax(scores, (first[s]! + w) * classes, classes);
    }),
  );
}

/** Returns the mean cross-entropy of the words within the model's limit, in nats. */
export function lossOf({ items, scores, seen }: WordLogits, classes: number): number {
  const first = starts(seen);
  let sum = 0;
  items.forEach(({ tags }, s) => {
    for (let w = 0; w < seen[s]!; w++) {
      sum -= logProbability(scores, tags[w]!, (first[s]! + w) * classes, classes);
    }
  });
  return sum / Math.max(1, first[items.length]!);
}

/** Scores predicted tags. @param predictions tags of each sentence's words */
export function scoresOfTags(
  { labels, types }: Pick<EntityData, "labels" | "types">,
  items: readonly SentenceItem[],
  predictions: readonly (readonly number[])[],
  { loss, seen }: { readonly loss: number | null; readonly seen?: Int32Array },
): EntityScores {
  const sentences = items.map((item, s): AnsweredSentence => {
    const predicted = predictions[s]!.map((tag) => labels[tag]!);
    return {
      item: item.id,
      words: item.words,
      text: sentenceOf(item.words),
      truth: truthOf(item, labels),
      predicted: spansOf(predicted),
      right: predictions[s]!.filter((tag, w) => tag === item.tags[w]).length,
      repaired: brokenTags(predicted, "BIO").length,
      unseen: seen === undefined ? 0 : item.words.length - seen[s]!,
    };
  });
  const groups = groupsOfItems(items);
  return scoreEntities({ types, sentences, loss, groups });
}

const truthOf = ({ tags }: SentenceItem, labels: readonly string[]): Span[] =>
  spansOf(tags.map((tag) => labels[tag]!));

/** Scores the most probable tags. */
export function scoresOfLogits(
  data: Pick<EntityData, "labels" | "types">,
  answers: WordLogits,
): EntityScores {
  const classes = data.labels.length;
  return scoresOfTags(data, answers.items, predictedTags(answers, classes), {
    loss: lossOf(answers, classes),
    seen: answers.seen,
  });
}

/** Returns micro F1 and loss of a model's logits for the validation split. */
export function tagValidation({ labels }: Pick<EntityData, "labels">, answers: WordLogits): Validation {
  const predictions = predictedTags(answers, labels.length);
  let all = { n: 0, predicted: 0, correct: 0 };
  answers.items.forEach((item, s) => {
    const one = tally({
      truth: truthOf(item, labels),
      predicted: spansOf(predictions[s]!.map((tag) => labels[tag]!)),
    });
    all = {
      n: all.n + one.n,
      predicted: all.predicted + one.predicted,
      correct: all.correct + one.correct,
    };
  });
  return { score: f1Of(all), loss: lossOf(answers, labels.length) };
}
