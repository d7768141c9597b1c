import type { SentenceItem } from "../../data/entities/open-entities.js";
import { argmax } from "../../linalg/softmax.js";

/** Predicts each word's most frequent tag, O for an unknown word: the baseline of a tagger. */
export function predictByLookup(
  train: readonly SentenceItem[],
  items: readonly SentenceItem[],
  labels: number,
): number[][] {
  const times = new Map<string, Int32Array>();
  for (const { words, tags } of train)
    words.forEach((word, i) => {
      const counts = times.get(word) ?? new Int32Array(labels);
      counts[tags[i]!]!++;
      times.set(word, counts);
    });
  const best = new Map([...times].map(([word, counts]) => [word, argmax(counts)]));
  return items.map(({ words }) => words.map((word) => best.get(word) ?? 0));
}
