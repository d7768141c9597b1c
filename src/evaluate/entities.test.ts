import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { draws } from "../core/random.js";
import { spansOf } from "../data/entities/tags.js";
import { z95 } from "../statistics/wilson.js";
import { type AnsweredSentence, f1Of, f1Sums, scoreEntities } from "./entities.js";
import { scoredBy } from "./metric-sums.js";

const sentence = (truth: readonly string[], predicted: readonly string[]): AnsweredSentence => ({
  item: "a",
  words: truth.map((_, i) => `w${i}`),
  text: truth.map((_, i) => `w${i}`).join(" "),
  truth: spansOf(truth),
  predicted: spansOf(predicted),
  right: truth.filter((tag, i) => tag === predicted[i]).length,
  repaired: 0,
  unseen: 0,
});
const scored = (pairs: readonly (readonly [string, string])[]) =>
  scoreEntities({
    types: ["LOC", "ORG", "PER"],
    sentences: pairs.map(([truth, predicted]) => sentence(truth.split(" "), predicted.split(" "))),
    loss: 0,
  });

test("is as conlleval counts, also broken tags of every scheme (an independent walk over the tokens)", () => {
  const { cases } = JSON.parse(
    readFileSync(new URL("../../test/golden/entities.json", import.meta.url), "utf8"),
  );
  expect(cases.length).toBe(6);
  for (const { sentences, scores } of cases) {
    const ours = scoreEntities({
      types: Object.keys(scores.types),
      sentences: sentences.map(([truth, predicted]: [string[], string[]]) => sentence(truth, predicted)),
      loss: 0,
    });
    expect(ours.word_accuracy).toBeCloseTo(scores.accuracy, 12);
    for (const [name, value] of Object.entries(scores.overall))
      expect(ours[name as "f1"]).toBeCloseTo(value as number, 12);
    for (const { type, ...own } of ours.per_type)
      for (const [name, value] of Object.entries(scores.types[type]))
        expect(own[name as "f1"]).toBeCloseTo(value as number, 12);
  }
});

test("by hand: bounds and type must be right, and half an entity is none", () => {
  // Truth: PER 0-2, LOC 3-4. Said: PER 0-1 (other bounds), LOC 3-4 (right), ORG 5-6 (nothing there).
  const scores = scored([["B-PER I-PER O B-LOC O O", "B-PER O O B-LOC O B-ORG"]]);
  expect(scores.precision).toBeCloseTo(1 / 3, 12);
  expect(scores.recall).toBeCloseTo(1 / 2, 12);
  // 2 · (1/3) · (1/2) / (5/6)
  expect(scores.f1).toBeCloseTo(0.4, 12);
  expect(scores.word_accuracy).toBeCloseTo(4 / 6, 12);
  expect(scores.per_type.map(({ type, f1, n }) => [type, f1, n])).toEqual([
    ["LOC", 1, 1],
    ["ORG", 0, 0],
    ["PER", 0, 1],
  ]);
  // Rows LOC, ORG, PER, nothing there; columns LOC, ORG, PER, other bounds, nothing said.
  expect(scores.confusion).toEqual([
    [1, 0, 0, 0, 0],
    [0, 0, 0, 0, 0],
    [0, 0, 0, 1, 0],
    [0, 1, 0, 0, 0],
  ]);
  expect(scores.worst).toEqual([
    {
      item: "a",
      text: "w0 w1 w2 w3 w4 w5",
      mistakes: 3,
      true: ["PER: w0 w1", "LOC: w3"],
      predicted: ["PER: w0", "LOC: w3", "ORG: w5"],
    },
  ]);
});

test("is 1 when all is right, 0 when nothing is said, and 0 where there is nothing", () => {
  // Wilson's interval of 1 of 1: from 1 / (1 + z²) to 1.
  expect(scored([["B-PER O", "B-PER O"]]).metric).toMatchObject({
    value: 1,
    ci95: [expect.closeTo(1 / (1 + z95 ** 2), 9), 1],
  });
  expect(scored([["B-PER O", "O O"]])).toMatchObject({ precision: 0, recall: 0, f1: 0 });
  expect(scored([["O O", "O O"]])).toMatchObject({ f1: 0, word_accuracy: 1 });
  expect(() => scoreEntities({ types: [], sentences: [], loss: 0 })).toThrow(
    "there are no sentences to score",
  );
});

test("the interval is over sentences: it spans the score, and many sentences make it narrow", () => {
  const pair = (i: number): [string, string] => ["B-PER O", i % 4 === 0 ? "O O" : "B-PER O"];
  const of = (n: number) => scored(Array.from({ length: n }, (_, i) => pair(i)));
  const [few, many] = [of(20), of(500)];
  // 3 of 4 found, all said are right: F1 = 2 · 0.75 / 1.75
  for (const { f1, f1_ci95 } of [few, many]) {
    expect(f1).toBeCloseTo(1.5 / 1.75, 12);
    expect(f1_ci95[0]).toBeLessThan(f1);
    expect(f1_ci95[1]).toBeGreaterThan(f1);
  }
  const width = ([low, high]: readonly [number, number]) => high - low;
  expect(width(many.f1_ci95)).toBeLessThan(width(few.f1_ci95) / 3);
  // Recall is a share of 500: its interval is Wilson's within a hundredth.
  expect(many.recall_ci95[0]).toBeCloseTo(0.71, 1);
});

test("shares of F1: their mean is F1, and they scatter as F1 does under a bootstrap", () => {
  const d = draws(3, "tallies");
  const tallies = Array.from({ length: 400 }, () => {
    const n = d.integer(4);
    const predicted = d.integer(4);
    return { n, predicted, correct: Math.min(n, predicted, d.integer(4)) };
  });
  const { value: f1, shares: own, n } = scoredBy(f1Sums(tallies));
  const shares = Array.from(own);
  expect(n).toBe(tallies.filter((t) => t.n + t.predicted > 0).length);
  const of = (some: readonly (typeof tallies)[number][]) =>
    f1Of(
      some.reduce(
        (a, b) => ({
          n: a.n + b.n,
          predicted: a.predicted + b.predicted,
          correct: a.correct + b.correct,
        }),
        { n: 0, predicted: 0, correct: 0 },
      ),
    );
  const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
  const deviation = (values: readonly number[]) =>
    Math.sqrt(mean(values.map((v) => (v - mean(values)) ** 2)));
  expect(f1).toBeCloseTo(of(tallies), 12);
  expect(mean(shares)).toBeCloseTo(f1, 12);
  const drawn = Array.from({ length: 2000 }, () => of(tallies.map(() => tallies[d.integer(400)]!)));
  // A deviation of 2000 draws is known to 1 / √4000, 1.6 %; the formula is linear in what is not.
  expect(deviation(shares) / Math.sqrt(400) / deviation(drawn)).toBeCloseTo(1, 1);
  expect(scoredBy({ metric: "f1", k: 3, values: [0, 0, 0, 0, 0, 0] })).toEqual({
    ...{ metric: "f1", n: 0, value: 0 },
    shares: Float64Array.of(0, 0),
  });
});
