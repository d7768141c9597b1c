// Scores of samples by a head, from hand calculation.
import { expect, test } from "vitest";
import { rowsOf } from "../../core/results/rows.js";
import { compareScores, scoringOfClasses, scoringOfNumbers } from "./scoring.js";

const rowsFrom = (values: readonly number[]) => rowsOf(Float32Array.from(values), 1);
const headOf = (weight: readonly number[], bias: readonly number[], outputs = [...weight.keys()]) => ({
  weight: Float64Array.from(weight),
  bias: Float64Array.from(bias),
  outputs,
});

test("a class is right if its output is highest, in any order of the outputs", () => {
  const scoring = scoringOfClasses({
    rows: rowsFrom([1, -1, 2, 3]),
    labels: [0, 1, 0, 1],
    names: ["a", "b"],
  });
  // The outputs are −x of class 1 and x of class 0.
  const scores = [...Array.from(scoring.scoresOf(headOf([-1, 1], [0, 0], [1, 0])))];
  expect(scores).toEqual([1, 1, 1, 0]);
  // Three samples that only the first model predicts: p = 2 · 0.5³.
  expect(compareScores(scoring, scores, [0, 0, 0, 0])).toEqual({
    ...{ n: 4, with: 0.75, without: 0 },
    p: expect.closeTo(0.25, 12),
  });
});

test("the mean score of numbers is R², the mean over the numbers", () => {
  // y and 1 − y of four samples; ȳ = 2.75, Σ (y − ȳ)² = 8.75. The head predicts x and 1 − x: it is wrong by 1 for the last.
  const y = [1, 2, 3, 5];
  const scoring = scoringOfNumbers({
    rows: rowsFrom([1, 2, 3, 4]),
    values: y.flatMap((v) => [v, 1 - v]),
    names: ["y", "rest"],
  });
  const {
    with: r2,
    without,
    p,
  } = compareScores(
    scoring,
    scoring.scoresOf(headOf([-1, 1], [1, 0], [1, 0])),
    // Predicts x + 1: Σ (y − ŷ)² = 1 + 1 + 1 + 0, and for the other the same.
    scoring.scoresOf(headOf([1, -1], [1, 0])),
  );
  expect(r2).toBeCloseTo(1 - 1 / 8.75, 12);
  expect(without).toBeCloseTo(1 - 3 / 8.75, 12);
  expect(p).toBeGreaterThan(0.05);
});

test("numbers of too few groups tell nothing", () => {
  const values = Array.from({ length: 40 }, (_, i) => i % 7);
  const samples = { rows: rowsFrom(values), values, names: ["y"] };
  const groups = values.map((_, i) => (i < 20 ? "a" : "b"));
  const pOf = (scoring: ReturnType<typeof scoringOfNumbers>): number => {
    const [right, wrong] = [scoring.scoresOf(headOf([1], [0])), scoring.scoresOf(headOf([-1], [0]))];
    return scoring.pOf(right, wrong);
  };
  expect(pOf(scoringOfNumbers(samples))).toBeLessThan(0.001);
  expect(pOf(scoringOfNumbers({ ...samples, groups }))).toBe(1);
});
