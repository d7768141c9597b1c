import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { draws } from "../core/random.js";
import { conformalHalfWidths, scoreRegression } from "./regression.js";

// From scikit-learn, scripts/golden/make-numbers.py.
const { metrics } = JSON.parse(
  readFileSync(new URL("../../test/golden/numbers.json", import.meta.url), "utf8"),
) as {
  metrics: { y: number[][]; p: number[][]; r2: number[]; mean_r2: number; mae: number[]; rmse: number[] };
};
const items = metrics.y.map((_, i) => `item ${i}`);
const answers = {
  targets: ["a", "b"],
  deviations: [1, 2],
  truth: metrics.y.flat(),
  predicted: metrics.p.flat(),
  items,
};

test("R², MAE and RMSE are scikit-learn's, for each output and their mean", () => {
  const scores = scoreRegression(answers);
  expect(scores.r2).toBeCloseTo(metrics.mean_r2, 10);
  scores.outputs.forEach((o, t) => {
    expect(o.r2).toBeCloseTo(metrics.r2[t]!, 10);
    expect(o.mae).toBeCloseTo(metrics.mae[t]!, 10);
    expect(o.rmse).toBeCloseTo(metrics.rmse[t]!, 10);
    expect(o.mae_ci95![0]).toBeLessThan(o.mae);
    expect(o.mae_ci95![1]).toBeGreaterThan(o.mae);
  });
});

test("the interval of a mean error is about ± 1.96 standard errors", () => {
  const draw = draws(1, "errors");
  const errors = Array.from({ length: 400 }, () => draw.normal());
  const scores = scoreRegression({
    targets: ["a"],
    deviations: [1],
    truth: errors.map((_, i) => Math.sin(i)),
    predicted: errors.map((e, i) => Math.sin(i) + e),
    items: errors.map(String),
  });
  const size = errors.map(Math.abs);
  const mean = size.reduce((a, b) => a + b) / 400;
  const deviation = Math.sqrt(size.reduce((s, v) => s + (v - mean) ** 2, 0) / 400);
  const [low, high] = scores.outputs[0]!.mae_ci95!;
  // On a logarithmic scale, so a little wider above than below.
  expect((high - low) / (2 * 1.96 * (deviation / 20))).toBeGreaterThan(0.88);
  expect((high - low) / (2 * 1.96 * (deviation / 20))).toBeLessThan(1.12);
});

test("a prediction interval is the ⌈(n + 1) c⌉-th of the sorted errors, and none where there are too few", () => {
  const residuals = [-9, 1, 2, 3, 4, 5, 6, 7, 8];
  // n = 9: ⌈10 · 0.9⌉ = 9th, the largest. ⌈10 · 0.5⌉ = 5th.
  expect(conformalHalfWidths(residuals, 1, 0.9).halfWidths).toEqual([9]);
  expect(conformalHalfWidths(residuals, 1, 0.5).halfWidths).toEqual([5]);
  expect(conformalHalfWidths(residuals.slice(1), 1, 0.9).halfWidths).toEqual([undefined]);
});

test("intervals hold new items as often as they say", () => {
  const draw = draws(2, "coverage");
  let inside = 0;
  const runs = 400;
  for (let r = 0; r < runs; r++) {
    const residuals = Array.from({ length: 50 }, () => draw.normal());
    const [half] = conformalHalfWidths(residuals, 1, 0.8).halfWidths;
    if (Math.abs(draw.normal()) <= half!) inside++;
  }
  // 0.8 to 0.8 + 1/51; three standard errors of 400 coins.
  expect(inside / runs).toBeGreaterThan(0.8 - 0.06);
  expect(inside / runs).toBeLessThan(0.82 + 0.06);
});

test("names the item whose answer is no number", () => {
  const predicted = [...answers.predicted];
  predicted[5] = Number.NaN;
  expect(() => scoreRegression({ ...answers, predicted })).toThrow('the answer for "b" is NaN');
  expect(() => scoreRegression({ ...answers, items: [] })).toThrow("there are no items to score");
});

test("the recorded sums give each sample's share of 1 − R²", () => {
  // numpy: ((y - p)² / y.var(0)).mean(1), and scikit-learn's r2_score
  const own = { targets: ["a", "b"], deviations: [1, 1], items: ["1", "2", "3", "4"] };
  const truth = [1, 10, 2, 14, 4, 11, 3, 19];
  const scores = scoreRegression({ ...own, truth, predicted: [1.5, 11, 2, 13, 3, 12, 3.5, 17] });
  expect(scores.r2).toBeCloseTo(0.7785714285714286, 12);
  // (y − p)² and y − ȳ of each output.
  const { k, values } = scores.scores!;
  const variance = [1, 3].map((at) => [0, 1, 2, 3].reduce((sum, i) => sum + values[i * k + at]! ** 2 / 4, 0));
  [0.14081633, 0.04081633, 0.44081633, 0.26326531].forEach((e, i) => {
    expect((values[i * k]! / variance[0]! + values[i * k + 2]! / variance[1]!) / 2).toBeCloseTo(e, 7);
  });
  // All true values equal: R² is 0 by definition.
  const flat = scoreRegression({ ...own, truth: truth.map(() => 5), predicted: truth });
  expect([flat.r2, flat.scores!.values.filter((_, at) => at % 2 === 1)]).toEqual([0, Array(8).fill(0)]);
});
