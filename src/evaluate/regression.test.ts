import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { draws } from "../core/random.js";
import { conformalBands, halfWidthAt, scoreRegression } from "./regression.js";

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
  const bands = (errors: readonly number[], coverage: number) =>
    conformalBands(
      errors.map((_, i) => i),
      errors,
      1,
      coverage,
    ).bands;
  expect(bands(residuals, 0.9)).toEqual([[{ half_width: 9 }]]);
  expect(bands(residuals.slice(0, 5), 0.5)).toEqual([[{ half_width: 3 }]]);
  expect(bands(residuals.slice(1), 0.9)).toEqual([[]]);
});

test("predictions of different sizes have intervals of their own width", () => {
  // 0 … 29 have the errors 1 … 30, 30 … 59 ten times as large ones; ⌈31 · 0.9⌉ = 28th.
  const errors = Array.from({ length: 60 }, (_, i) => (i < 30 ? i + 1 : -10 * (i - 29)));
  const predicted = errors.map((_, i) => i);
  const { bands } = conformalBands(predicted, errors, 1, 0.9);
  expect(bands).toEqual([[{ up_to: 29, half_width: 28 }, { half_width: 280 }]]);
  expect([-5, 29, 29.5, 1e9].map((value) => halfWidthAt(bands[0]!, value))).toEqual([28, 28, 280, 280]);
  expect(halfWidthAt([], 1)).toBeUndefined();
  // Several targets, and equal predictions, which have one width.
  const twice = (values: readonly number[]) => values.flatMap((one) => [one, one]);
  expect(conformalBands(twice(predicted), twice(errors), 2, 0.9).bands).toEqual([bands[0], bands[0]]);
  const constant = conformalBands(
    errors.map(() => 7),
    errors,
    1,
    0.9,
  ).bands[0];
  expect(constant).toEqual([{ half_width: 250 }]);
  // A higher coverage needs more items for a width of its own.
  expect(conformalBands(predicted, errors, 1, 0.95).bands[0]).toHaveLength(1);
});

test("without intervals, nothing is said of their coverage", () => {
  const { outputs } = scoreRegression(answers, {
    conformal: { coverage: 0.9, bands: metrics.r2.map(() => []) },
  });
  expect(outputs[0]!.prediction_interval).toEqual({
    ...{ coverage: 0.9, bands: [], test_coverage: null, test_coverage_ci95: null, fifths: [] },
  });
});

test("intervals hold as often as they say in each fifth of the predictions, although errors grow with them", () => {
  const draw = draws(3, "fifths");
  const items = (n: number) => {
    const predicted = Float64Array.from({ length: n }, () => draw.uniform() * 10);
    return { predicted, truth: predicted.map((one) => one + one * draw.normal()) };
  };
  const [held, test] = [items(500), items(2000)];
  const residuals = held.truth.map((one, i) => one - held.predicted[i]!);
  const { outputs } = scoreRegression(
    { ...test, targets: ["a"], deviations: [1], items: Array.from(test.truth, (_, i) => `${i}`) },
    { conformal: conformalBands(held.predicted, residuals, 1, 0.9) },
  );
  const { bands, fifths } = outputs[0]!.prediction_interval!;
  expect(bands).toHaveLength(5);
  expect(fifths.map(({ n }) => n)).toEqual([400, 400, 400, 400, 400]);
  for (const [f, { test_coverage, from, to }] of fifths.entries()) {
    // One width for all would hold all of the lowest fifth, and three quarters of the highest.
    expect(Math.abs(test_coverage - 0.9)).toBeLessThan(0.07);
    if (f > 0) expect(from).toBeGreaterThanOrEqual(fifths[f - 1]!.to);
    expect(to).toBeGreaterThan(from);
  }
});

test("intervals hold new items as often as they say", () => {
  const draw = draws(2, "coverage");
  let inside = 0;
  const runs = 400;
  for (let r = 0; r < runs; r++) {
    const residuals = Array.from({ length: 50 }, () => draw.normal());
    const predicted = residuals.map(() => 0);
    const [bands] = conformalBands(predicted, residuals, 1, 0.8).bands;
    if (Math.abs(draw.normal()) <= halfWidthAt(bands!, 0)!) inside++;
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
