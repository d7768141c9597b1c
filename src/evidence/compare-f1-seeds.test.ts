import { expect, test } from "vitest";
import type { Tally } from "../evaluate/entities.js";
import { compareF1Seeds } from "./compare-f1-seeds.js";

/** Sentences with one entity each and one answer: F1 is then the share of them that is right. */
const ones = (...right: number[]): Tally[] => right.map((correct) => ({ n: 1, predicted: 1, correct }));

test("the gain is the mean difference of F1, and its variances are those of seeds and sentences", () => {
  const verdict = compareF1Seeds({
    a: [ones(1, 1, 1, 0), ones(1, 1, 0, 0)],
    b: [ones(1, 0, 0, 0), ones(0, 0, 0, 0)],
  });
  // F1 3/4 and 1/2 against 1/4 and 0
  expect(verdict.gain).toBeCloseTo(0.5, 12);
  // d = [0 1 1 0; 1 1 0 0]: rows 1/2 and 1/2, columns 1/2 1 1/2 0
  // MS_seeds = 0, MS_items = 2 · (0 + 1/4 + 0 + 1/4) / 3 = 1/3, MS_both = (4 − 8/4 − 0 − 1) / 3 = 1/3
  expect(verdict.variances!.seeds).toBe(0);
  expect(verdict.variances!.items).toBeCloseTo(0, 12);
  expect(verdict.variances!.both).toBeCloseTo(1 / 3, 12);
  // (1/9) / (1/27 + 1/27)
  expect(verdict.degrees_of_freedom).toBeCloseTo(1.5, 12);
  expect((verdict.ci95[0] + verdict.ci95[1]) / 2).toBeCloseTo(0.5, 12);
  expect(verdict).toMatchObject({ transfer: "inconclusive", seeds: 2, items: 4 });
  expect(verdict.words).toMatch(
    /^Undecided: F1 \+50\.0 against training from scratch, which chance can explain \(95 % interval \S+ to \S+; 4 test sentences, 2 seeds\)\. .* would tell\.$/,
  );
});

test("F1 of several entities a sentence is the ratio of sums, not the mean of ratios", () => {
  const a: Tally[] = [
    { n: 4, predicted: 2, correct: 2 },
    { n: 1, predicted: 3, correct: 1 },
  ];
  const b: Tally[] = [
    { n: 4, predicted: 1, correct: 1 },
    { n: 1, predicted: 0, correct: 0 },
  ];
  // 2 · 3 / (5 + 5) − 2 · 1 / (5 + 1)
  expect(compareF1Seeds({ a: [a, a], b: [b, b] }).gain).toBeCloseTo(0.6 - 1 / 3, 12);
});

test("a large gain that all seeds have is none of chance, and the same answers differ by nothing", () => {
  const right = (first: number) => ones(...Array.from({ length: 80 }, (_, i) => Number(i < first)));
  const verdict = compareF1Seeds({ a: [right(70), right(71)], b: [right(30), right(29)], items: "texts" });
  expect(verdict.transfer).toBe("positive");
  expect(verdict.words).toMatch(/^Transfer helped: F1 51\.3 points above .*; 80 test texts, 2 seeds\)\.$/);
  const same = compareF1Seeds({ a: [right(40), right(40)], b: [right(40), right(40)] });
  expect(same).toMatchObject({ transfer: "neutral", gain: 0, p: 1 });
});
