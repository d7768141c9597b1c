import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { draws } from "../../src/core/random.js";

/** A word and its tag a line, an empty line between sentences. */
export type Tagged = readonly (readonly [word: string, tag: string])[];

/**
 * Sentences of the tiny base's words, no two the same: after "the" stands a THING ("book", or "film phone"), after "is"
 * a MOOD. The same words elsewhere are nothing: only their neighbours tell.
 */
export function taggedSentences(count: number): Tagged[] {
  const source = draws(5, "entities");
  const one = (list: readonly string[]) => list[Math.floor(source.uniform() * list.length)]!;
  const things = ["book", "film", "soup", "phone"];
  const moods = ["good", "fine", "great", "lovely", "bad", "poor", "awful"];
  const made = new Map<string, Tagged>();
  while (made.size < count) {
    const thing: [string, string][] = [[one(things), "B-THING"]];
    if (source.uniform() < 0.4) thing.push([one(things), "I-THING"]);
    const sentence: [string, string][] = [
      ...(source.uniform() < 0.5 ? ([[one(["this", "all"]), "O"]] as [string, string][]) : []),
      ["the", "O"],
      ...thing,
      [one(["was", "is"]), "O"],
      [one(["very", "so", "really"]), "O"],
      [one(moods), "B-MOOD"],
      ...(source.uniform() < 0.5
        ? ([
            ["and", "O"],
            ["it", "O"],
          ] as [string, string][])
        : []),
    ];
    made.set(sentence.map(([word]) => word).join(" "), sentence);
  }
  return [...made.values()];
}

export const columns = (sentences: readonly Tagged[]): string =>
  sentences.map((s) => s.map(([word, tag]) => `${word}\t${tag}\n`).join("")).join("\n");

/** Writes a folder with train.txt, and with test.txt for a second list. */
export function writeTagged(folder: string, train: readonly Tagged[], test?: readonly Tagged[]): string {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "train.txt"), columns(train));
  if (test) writeFileSync(join(folder, "test.txt"), columns(test));
  return folder;
}
