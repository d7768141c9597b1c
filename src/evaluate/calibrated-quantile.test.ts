import { expect, test } from "vitest";
import { draws } from "../core/random.js";
import { scoreOptimism } from "../run/baselines/best-epoch.js";
import { calibratedQuantile } from "./calibrated-quantile.js";
import { conformalBands, halfWidthAt } from "./regression.js";

test("the coverage is raised by the part of the optimism that follows the score", () => {
  // Values 1 … 20; ⌈21 · 0.8⌉ = 17 are below. cov(below, below) / var(below) = 1, so 0.8 + 0.06: ⌈21 · 0.86⌉ = 19.
  const values = Array.from({ length: 20 }, (_, i) => i + 1);
  const shares = values.map((value) => (value <= 17 ? 1 : 0));
  expect(calibratedQuantile(values, 0.8)).toEqual({ quantile: 17, raised: 0.8 });
  const { quantile, raised } = calibratedQuantile(values, 0.8, { optimism: 0.06, shares });
  expect([quantile, raised]).toEqual([19, expect.closeTo(0.86, 12)]);
  // Scores that say nothing about the values, or the opposite, raise nothing.
  const all = values.map(() => 1);
  expect(calibratedQuantile(values, 0.8, { optimism: 0.06, shares: all }).quantile).toBe(17);
  const opposite = shares.map((share) => 1 - share);
  expect(calibratedQuantile(values, 0.8, { optimism: 0.06, shares: opposite }).quantile).toBe(17);
  // 0.8 + 0.2 needs a 21st value.
  expect(calibratedQuantile(values, 0.8, { optimism: 0.2, shares }).quantile).toBeUndefined();
  // Of two values out of 20, one below: cov = 1/2 · (1 − mean share) = 0.25 · 1, var(share) = 0.85 · 0.15.
  const two = calibratedQuantile([1, 20], 0.3, { optimism: 0.01, shares }, [0, 19]);
  expect(two.raised).toBeCloseTo(0.3 + (0.01 * 0.25) / (0.85 * 0.15), 12);
});

test("a range with too few samples for its raised coverage joins another, and one width may remain", () => {
  const residuals = Array.from({ length: 60 }, (_, i) => (i % 30) + 1);
  const predicted = residuals.map((_, i) => i);
  const shares = residuals.map((error) => -error);
  const widths = (optimism: number) =>
    conformalBands(predicted, residuals, 1, 0.9, { optimism, shares }).bands[0]!.length;
  // b = cov(error ≤ 28, −error) / var(error) = (2/30 · 14) / (899/12) = 0.01246 in both ranges; 31 · c ≤ 30 up to c = 0.9677.
  expect([widths(0), widths(5), widths(6), widths(9)]).toEqual([2, 2, 1, 0]);
});

/** Errors of the best of 12 epochs on n samples, a quarter of whose variance is the epoch's own. */
function bestOf(d: ReturnType<typeof draws>, n: number) {
  const size = Array.from({ length: n }, () => 0.2 + 2 * d.uniform());
  const own = size.map(() => d.normal());
  const epochs = Array.from({ length: 12 }, () => {
    const errors = size.map((s, i) => s * (0.8 * own[i]! + 0.6 * d.normal()));
    const shares = errors.map((error) => 1 - error ** 2 / 6);
    return { errors, shares, score: shares.reduce((sum, share) => sum + share, 0) / n };
  });
  const best = epochs.reduce((a, b) => (b.score > a.score ? b : a));
  const others = epochs.filter((one) => one !== best).map(({ score }) => score);
  return { size, ...best, others };
}

test("intervals of the best of 12 epochs hold as often as they say, in the highest range too", () => {
  const d = draws(4, "best of 12 epochs");
  const held = (raises: boolean) => {
    let [inside, all] = [0, 0];
    for (let r = 0; r < 150; r++) {
      const { size, errors, shares, ...choice } = bestOf(d, 150);
      const optimism = scoreOptimism(choice, shares, undefined);
      const { bands } = conformalBands(size, errors, 1, 0.9, raises ? optimism : undefined);
      for (let i = 0; i < 40; i++, all++) {
        const s = 1.8 + 0.4 * d.uniform();
        if (Math.abs(s * d.normal()) <= halfWidthAt(bands[0]!, s)!) inside++;
      }
    }
    return inside / all;
  };
  // The share over 150 validation splits has a standard error of about 0.005.
  expect(held(false)).toBeLessThan(0.885);
  expect(held(true)).toBeGreaterThan(0.89);
});
