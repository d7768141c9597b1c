import { expect, test } from "vitest";
import { quantile } from "../linalg/quantile.js";
import { difference } from "./difference.js";
import { studentQuantile } from "./distributions.js";
import { estimate, estimateOverSeeds, tailFreedom } from "./estimate.js";
import { measureDifference } from "./measure-difference.js";
import { resample } from "./resample.js";
import { ratioShares } from "./shares.js";
import { wilsonInterval } from "./wilson.js";

const mean = (values: ArrayLike<number>): number =>
  Array.from(values).reduce((a, b) => a + b, 0) / values.length;

test("the mean of the shares is the ratio, and their scatter the delta method's", () => {
  const [a, b] = [
    [1, 0, 2],
    [2, 1, 1],
  ];
  const shares = ratioShares(a, b);
  expect(mean(shares)).toBeCloseTo(3 / 4, 12);
  // uᵢ = r + (aᵢ − r bᵢ) N / Σb with r = 3/4, N = 3, Σb = 4
  expect([...shares].map((u) => Number(u.toFixed(9)))).toEqual([0.375, 0.1875, 1.6875]);
  expect([...ratioShares([0, 0], [0, 0])]).toEqual([0, 0]);
});

test("the interval of a mean error is ± on a logarithmic scale", () => {
  // x̄ = 2, s² = 2/3, se = √(2/9), t(0.95, 2) = 4.30265273: 2 · exp(± 4.3027 · 0.4714 / 2 … ) with n = 3
  const { interval } = estimate([[1, 2, 3]], { range: "positive" });
  const half = 4.302652729696142 * Math.sqrt(1 / 3);
  expect(interval![0]).toBeCloseTo(2 * Math.exp(-half / 2), 8);
  expect(interval![1]).toBeCloseTo(2 * Math.exp(half / 2), 8);
});

test("a measure within 0 … 1 that does not vary has Wilson's interval of its samples", () => {
  // t with 49 degrees of freedom in the place of z, as for groups.
  const { interval } = estimate([new Float64Array(50).fill(1).map((v, i) => v + (i ? 0 : 1e-16))], {
    binary: false,
    range: "share",
  });
  expect(interval![1]).toBe(1);
  expect(interval![0]).toBeCloseTo(wilsonInterval(50, 50, 2.009575234489209)[0], 9);
});

test("a deterministic method over 10 seeds has the interval of its samples, not one without width", () => {
  const right = Array.from({ length: 153 }, (_, i) => (i < 136 ? 1 : 0));
  const { mean: value, sd, ci95 } = estimateOverSeeds(Array.from({ length: 10 }, () => right));
  expect(value).toBeCloseTo(136 / 153, 12);
  expect(sd).toBe(0);
  // t(152) √(s²/153): ± 5.0 points
  expect((ci95![1] - ci95![0]) / 2).toBeCloseTo(0.0504, 3);
  const groups = right.map((_, i) => `group ${i % 5}`);
  expect(estimateOverSeeds([right, right, right], { groups })).toMatchObject({
    ci95: null,
    plus_minus: null,
  });
  // Every sample right with every seed: Wilson's.
  const all = Array.from({ length: 3 }, () => new Uint8Array(100).fill(1));
  expect(estimateOverSeeds(all).ci95![0]).toBeLessThan(0.97);
  expect(estimateOverSeeds([right]).ci95).toBeNull();
});

test("resampling draws groups as a whole, and the same for the same seed", () => {
  const groups = ["x", "x", "y", "y", "z", "z"];
  const draws: string[] = [];
  const values = resample(6, (drawn) => draws.push(drawn.join("")) && drawn.length, { groups, repeats: 20 });
  expect(values).toEqual(new Array(20).fill(6));
  for (const one of draws) expect(one).toMatch(/^(01|23|45){3}$/);
  expect(resample(9, (drawn) => mean(drawn), { seed: 3 })).toEqual(
    resample(9, (drawn) => mean(drawn), { seed: 3 }),
  );
  expect(() => resample(0, () => 0)).toThrow("there are no samples to draw from");
  const one = { samples: 6, seeds: 1, groups, measure: (m: string) => (m === "a" ? 1 : 0.5) };
  expect(measureDifference(one)).toMatchObject({ gain: 0.5, why: "identical" });
});

test("quantiles are linear between neighbours", () => {
  expect(quantile([1, 2, 4], 0.25)).toBe(1.5);
  expect(quantile([1, 2, 4], 1)).toBe(4);
  expect(quantile([], 0.5)).toBeNaN();
});

test("groups of different sizes: the variance is that of the means without one group", () => {
  // 12 groups of 1 to 12 samples that are all right in the odd groups and all wrong in the even ones.
  const groups = Array.from({ length: 12 }, (_, g) => new Array<number>(g + 1).fill(g)).flat();
  const right = groups.map((g) => g % 2);
  const value = 42 / 78;
  // (G − 1) / G · Σ (m_g − m̄)², m_g the mean without group g, m̄ the mean of the m_g
  const without = Array.from({ length: 12 }, (_, g) => (42 - (g + 1) * (g % 2)) / (78 - (g + 1)));
  const variance = (11 / 12) * without.reduce((sum, m) => sum + (m - mean(without)) ** 2, 0);
  const { effective, interval } = estimate([right], { groups });
  const worth = (value * (1 - value)) / variance;
  expect(effective).toBeCloseTo(worth, 9);
  // Σ n² = 12 · 13 · 25 / 6 = 650, so t has 78² / 650 − 1 = 8.36 degrees of freedom. scipy.stats.t.ppf(0.975, 8.36) = 2.288758
  const t = studentQuantile(0.95, 78 ** 2 / 650 - 1);
  expect(t).toBeCloseTo(2.288758, 3);
  const [low, high] = wilsonInterval(value * worth, worth, t);
  expect(interval![0]).toBeCloseTo(low, 9);
  expect(interval![1]).toBeCloseTo(high, 9);
});

test("heavy tails leave fewer degrees of freedom", () => {
  // One of ten: m₂ = 0.09, m₄ = 0.0657, g₂ = 9/56 · (11 · (0.0657/0.0081 − 3) + 6) = 10 (as SciPy's kurtosis with bias=False).
  const one = [1, ...new Array<number>(9).fill(0)];
  expect(tailFreedom(one)).toBeCloseTo(2 / (2 / 9 + 10 / 10), 9);
  // Two equal halves have a negative excess kurtosis, which counts as 0.
  expect(tailFreedom([0, 0, 0, 0, 1, 1, 1, 1])).toBeCloseTo(7, 9);
  expect(tailFreedom([3, 3, 3, 3])).toBe(3);
  const of = (heavyTails: boolean) =>
    estimate([one.map((v) => 0.3 + 0.2 * v)], { range: "share", heavyTails });
  const t = studentQuantile(0.95, 18 / 11);
  const worth = (0.32 * 0.68) / (0.04 / 100);
  // The variance of the mean: s² / n = 0.04 · (0.9 / 9) / 10 = 0.0004
  const [low, high] = wilsonInterval(0.32 * worth, worth, t);
  expect(of(true).interval![0]).toBeCloseTo(low, 9);
  expect(of(true).interval![1]).toBeCloseTo(high, 9);
  expect(of(false).interval![0]).toBeGreaterThan(low);
});

test("a difference counts groups of different sizes by the same rule", () => {
  const groups = Array.from({ length: 12 }, (_, g) => new Array<number>(g + 1).fill(g)).flat();
  const [a, b] = [groups.map((g) => 0.5 + Math.sin(g)), groups.map((g) => 0.4 * Math.cos(g))];
  const gains = Array.from({ length: 12 }, (_, g) => 0.5 + Math.sin(g) - 0.4 * Math.cos(g));
  const sum = gains.reduce((s, v, g) => s + (g + 1) * v, 0);
  const without = gains.map((v, g) => (sum - (g + 1) * v) / (77 - g));
  const variance = (11 / 12) * without.reduce((s, m) => s + (m - mean(without)) ** 2, 0);
  const { gain, interval } = difference([a], [b], { groups });
  expect(gain).toBeCloseTo(sum / 78, 12);
  expect(interval![1] - gain).toBeCloseTo(studentQuantile(0.95, 78 ** 2 / 650 - 1) * Math.sqrt(variance), 9);
});
