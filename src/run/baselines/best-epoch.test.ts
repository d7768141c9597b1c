import { expect, test } from "vitest";
import { bestEpochOf, optimismOf, scoreError, scoreOptimism, typicalScore } from "./best-epoch.js";

/** A training with these validation scores, of which the best epoch was kept. */
function trained(scores: readonly number[]) {
  const epochs = scores.map((score, i) => ({ epoch: i + 1, validation: { score, loss: 1 } }));
  const score = Math.max(...scores);
  const fitted = { epochs, bestEpoch: 1 + scores.indexOf(score), best: { score, loss: 1 } };
  return fitted as unknown as NonNullable<Parameters<typeof bestEpochOf>[0]>;
}

test("the best epoch stands against the mean of all epochs within two standard errors", () => {
  const best = bestEpochOf(trained([0.7, 0.8, 0.9, 0.84, 0.6]))!;
  expect(best).toEqual({ score: 0.9, others: [0.7, 0.8, 0.84, 0.6] });
  expect(typicalScore(best, 0.06)).toBeCloseTo(0.82, 12);
  expect(typicalScore(best, 0.04)).toBeCloseTo(0.84, 12);
  expect(typicalScore(best, 0.03)).toBeUndefined();
});

test("there is none if no epoch was chosen", () => {
  expect(bestEpochOf(undefined)).toBeUndefined();
  expect(bestEpochOf(trained([0.7]))).toBeUndefined();
  expect(bestEpochOf({ ...trained([0.7, 0.8]), kept: "last" })).toBeUndefined();
  expect(bestEpochOf({ ...trained([0.7, 0.6]), bestEpoch: 0 })).toBeUndefined();
});

test("at most the expected maximum of as many chance scores is taken off", () => {
  const best = { score: 0.85, others: [0.3, ...Array.from({ length: 10 }, () => 0.8)] };
  expect(optimismOf(best, 0.1)).toBeCloseTo(0.05, 12);
  // Φ⁻¹(11.625 / 12.25) = Φ⁻¹(0.94898) = 1.635; the exact expectation for 12 is 1.629 (Harter 1961).
  expect(optimismOf({ ...best, score: 0.99 }, 0.1)).toBeCloseTo(0.1635, 4);
  expect(optimismOf({ ...best, score: 1.5 }, 0.1)).toBeCloseTo(0.1635, 4);
  expect(optimismOf(best, undefined)).toBe(0);
  expect(optimismOf(undefined, 0.1)).toBe(0);
});

test("the standard error of a score is that of a mean, of groups that of their means", () => {
  // √(s² / n), s² = 4 · 0.25 / 3
  expect(scoreError([1, 0, 1, 0], undefined)).toBeCloseTo(Math.sqrt(1 / 12), 12);
  // Two groups whose means are 1 and 0: s² = 0.5 of two means.
  expect(scoreError([1, 1, 0, 0], ["a", "a", "b", "b"])).toBeCloseTo(0.5, 12);
  expect(scoreError([1], undefined)).toBeUndefined();
  expect(scoreOptimism({ score: 0.5, others: [0.5] }, [], undefined)).toEqual({ shares: [], optimism: 0 });
});
