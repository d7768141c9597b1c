import { describe, expect, test } from "vitest";
import { uniform } from "../../../test/support/families/draw.js";
import { countCharacters } from "../../data/transcripts/vocabulary.js";
import { searchBeams } from "./beam-search.js";
import { end, fitCharacterNgrams } from "./character-ngrams.js";
import { decodeGreedily, type FrameScores, logProbabilities } from "./greedy.js";
import { alignTarget, negativeLogLikelihood } from "./lattice.js";
import { spokenTimes, wordTimes } from "./word-times.js";

const scoresOf = (rows: readonly (readonly number[])[]): FrameScores => ({
  ...{ frames: rows.length, classes: rows[0]!.length },
  data: Float32Array.from(rows.flat()),
});
/** Logits that say one class in each frame. */
const saying = (path: readonly number[], classes: number): FrameScores =>
  scoresOf(path.map((c) => Array.from({ length: classes }, (_, k) => (k === c ? 5 : 0))));
const drawn = (name: string, frames: number, classes: number): FrameScores =>
  scoresOf(
    Array.from({ length: frames }, (_, t) => uniform(`${name}/${t}`, classes).map((u) => Math.fround(4 * u))),
  );

/** All alignments with their text and probability. */
function* alignments(scores: FrameScores) {
  const logP = logProbabilities(scores);
  const { frames, classes } = scores;
  for (let code = 0; code < classes ** frames; code++) {
    const path = Array.from({ length: frames }, (_, t) => Math.floor(code / classes ** t) % classes);
    const text = path.filter((c, t) => c !== 0 && c !== path[t - 1]);
    const p = Math.exp(path.reduce((sum, c, t) => sum + logP[t * classes + c]!, 0));
    yield { path, text, p };
  }
}

describe("greedy decoding", () => {
  test("merges repeats and drops blanks, so a blank keeps a double letter", () => {
    expect(decodeGreedily(saying([1, 1, 0, 2, 2, 0, 2, 3, 0], 4))).toEqual([1, 2, 2, 3]);
  });

  test("takes the lowest of equal classes", () => {
    expect(decodeGreedily(scoresOf([[0, 1, 1]]))).toEqual([1]);
    expect(decodeGreedily(scoresOf([[0, 0, 0]]))).toEqual([]);
  });
});

describe("beam search", () => {
  test.each(["a", "b", "c", "d"])("finds the text with the largest sum over alignments (%s)", (name) => {
    const scores = drawn(`beam/${name}`, 5, 3);
    const sums = new Map<string, number>();
    for (const { text, p } of alignments(scores)) sums.set(`${text}`, (sums.get(`${text}`) ?? 0) + p);
    const [best] = [...sums].sort((a, b) => b[1] - a[1])[0]!;
    expect(`${searchBeams(scores, { width: 100 })}`).toBe(best);
  });

  test("differs from greedy decoding where many alignments share a text", () => {
    // Graves 2006, figure 4's case: blank is best in each frame (0.6), but "a" has 1 − 0.36 in all.
    const scores = scoresOf([
      [Math.log(0.6), Math.log(0.4)],
      [Math.log(0.6), Math.log(0.4)],
    ]);
    expect(decodeGreedily(scores)).toEqual([]);
    expect(searchBeams(scores)).toEqual([1]);
  });

  test("a language model turns an undecided frame", () => {
    const model = fitCharacterNgrams(
      [
        [1, 2],
        [1, 2],
      ],
      [1, 2, 3],
    );
    const scores = scoresOf([
      [0, 9, 0, 0],
      [0, 0, 9, 9.1],
    ]);
    expect(searchBeams(scores)).toEqual([1, 3]);
    expect(searchBeams(scores, { model })).toEqual([1, 2]);
    expect(searchBeams(scores, { model, weight: 0, bonus: 0 })).toEqual([1, 3]);
  });

  test("with a language model, finds the text with the largest score over all texts", () => {
    const model = fitCharacterNgrams(
      [
        [1, 2, 1],
        [2, 1],
      ],
      [1, 2],
    );
    const scores = drawn("beam/language", 5, 3);
    const sums = new Map<string, { text: number[]; p: number }>();
    for (const { text, p } of alignments(scores)) {
      const before = sums.get(`${text}`)?.p ?? 0;
      sums.set(`${text}`, { text, p: before + p });
    }
    const score = ({ text, p }: { text: number[]; p: number }): number =>
      Math.log(p) +
      text.reduce((sum, c, i) => sum + 0.7 * model.logP(text.slice(0, i), c) + 0.4, 0) +
      0.7 * model.logP(text, end);
    const best = [...sums.values()].sort((a, b) => score(b) - score(a))[0]!;
    expect(searchBeams(scores, { width: 100, model, weight: 0.7, bonus: 0.4 })).toEqual(best.text);
  });
});

describe("a character model", () => {
  const characters = [1, 2, 3];
  const model = fitCharacterNgrams(
    [
      [1, 2],
      [1, 3],
      [1, 2, 2],
    ],
    characters,
    3,
  );

  test.each([[[]], [[1]], [[1, 2]], [[2, 2]], [[3, 3, 3]]])("adds up to 1 after %j", (before) => {
    const sum = [...characters, end].reduce((s, c) => s + Math.exp(model.logP(before, c)), 0);
    expect(sum).toBeCloseTo(1, 12);
  });

  test("is Witten and Bell's formula", () => {
    const bigrams = fitCharacterNgrams([[1, 2]], [1, 2], 2);
    // No history: 1, 2 and the end once each, T = 3, uniform 1/3:  P = (1 + 3/3) / (3 + 3) = 1/3.
    // After 1: 2 once, T = 1:  P(2 | 1) = (1 + 1/3) / (1 + 1) = 2/3, P(1 | 1) = (0 + 1/3) / 2 = 1/6.
    expect(Math.exp(bigrams.logP([1], 2))).toBeCloseTo(2 / 3, 12);
    expect(Math.exp(bigrams.logP([1], 1))).toBeCloseTo(1 / 6, 12);
    // At the start of a text 1 follows:  P(1 | ^) = 2/3.
    expect(Math.exp(bigrams.logP([], 1))).toBeCloseTo(2 / 3, 12);
  });
});

describe("the lattice of a target", () => {
  test.each([[[1, 2]], [[2, 2]], [[]]])("sums over all alignments of %j", (target) => {
    const scores = drawn("lattice", 4, 3);
    let sum = 0;
    for (const { text, p } of alignments(scores)) if (`${text}` === `${target}`) sum += p;
    expect(negativeLogLikelihood(scores, target)).toBeCloseTo(-Math.log(sum), 10);
  });

  test("an impossible target has no probability and no alignment", () => {
    const scores = drawn("lattice", 2, 3);
    expect(negativeLogLikelihood(scores, [1, 1])).toBe(Number.POSITIVE_INFINITY);
    expect(alignTarget(scores, [1, 1])).toBeUndefined();
  });

  test.each([[[1, 2]], [[2, 2]], [[1]]])("the best alignment of %j is the most probable of all", (target) => {
    const scores = drawn("align", 5, 3);
    let best = { path: [] as number[], p: -1 };
    for (const { text, path, p } of alignments(scores))
      if (`${text}` === `${target}` && p > best.p) best = { path, p };
    const runs = best.path
      .map((c, t) => ({ c, t }))
      .filter(({ c, t }) => c !== 0 && c !== best.path[t - 1])
      .map(({ c, t }) => {
        let last = t;
        while (best.path[last + 1] === c) last++;
        return { first: t, last };
      });
    expect(alignTarget(scores, target)).toEqual(runs);
  });
});

test("words have the times of their characters", () => {
  const { vocabulary } = countCharacters(["ab c"]);
  // tokens: <pad> <unk> | a b c
  const path = [0, 3, 3, 4, 0, 2, 0, 5, 5, 0];
  expect(wordTimes(saying(path, 6), [3, 4, 2, 5], vocabulary, 2)).toEqual([
    { word: "ab", start: 0.2, end: 0.8 },
    { word: "c", start: 1.4, end: 1.8 },
  ]);
});

test("characters have the times of their own frames, and spaces too", () => {
  const { vocabulary } = countCharacters(["ab c"]);
  // A space at the beginning is not in the text, <unk> neither.
  const path = [2, 0, 3, 4, 4, 1, 2, 2, 5, 0];
  const classes = [2, 3, 4, 1, 2, 5];
  expect(vocabulary.decode(classes)).toBe("ab c");
  const times = (units: readonly string[], between: 0 | 1) =>
    spokenTimes(saying(path, 6), classes, vocabulary, { seconds: 2, units, between });
  expect(times([..."ab c"], 0)).toEqual([
    [0.4, 0.6],
    [0.6, 1],
    [1.2, 1.6],
    [1.6, 1.8],
  ]);
  expect(times(["ab", "c"], 1)).toEqual([
    [0.4, 1],
    [1.6, 1.8],
  ]);
});

test("word delimiters with a blank between them are one space, and the words keep their times", () => {
  const { vocabulary } = countCharacters(["ab c"]);
  const path = [3, 4, 2, 0, 2, 5];
  const classes = decodeGreedily(saying(path, 6));
  expect(classes).toEqual([3, 4, 2, 2, 5]);
  expect(vocabulary.decode(classes)).toBe("ab c");
  expect(wordTimes(saying(path, 6), classes, vocabulary, 6)).toEqual([
    { word: "ab", start: 0, end: 2 },
    { word: "c", start: 5, end: 6 },
  ]);
  const how = { seconds: 6, units: [..."ab c"], between: 0 } as const;
  expect(spokenTimes(saying(path, 6), classes, vocabulary, how)[3]).toEqual([5, 6]);
});

test("a text that the frames cannot hold has no times", () => {
  const { vocabulary } = countCharacters(["ab"]);
  // a and a need a blank between them: three frames.
  const how = { seconds: 1, units: ["a", "a"], between: 0 } as const;
  expect(spokenTimes(saying([2, 2], 4), [2, 2], vocabulary, how)).toEqual([null, null]);
});
