import { expect, test } from "vitest";
import { quantile } from "../linalg/quantile.js";
import { estimate, estimateOverSeeds } from "./estimate.js";
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

test("groups of different sizes: the variance is that of (s_g − x̄ n_g) / N", () => {
  // 12 groups of 1 to 12 samples that are all right in the odd groups and all wrong in the even ones.
  const groups = Array.from({ length: 12 }, (_, g) => new Array<number>(g + 1).fill(g)).flat();
  const right = groups.map((g) => g % 2);
  const [n, value] = [78, 42 / 78];
  const variance =
    (Array.from({ length: 12 }, (_, g) => ((g + 1) * ((g % 2) - value)) / n).reduce((s, v) => s + v * v, 0) *
      12) /
    11;
  const { effective } = estimate([right], { groups });
  expect(effective).toBeCloseTo((value * (1 - value)) / variance, 9);
});
