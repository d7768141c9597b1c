// Compared with SciPy, and with the formulas in NumPy: scripts/golden/make-statistics.py.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { designEffect } from "./design-effect.js";
import { difference, splitDifference } from "./difference.js";
import { binomialAtMost, chiSquareQuantile, studentQuantile } from "./distributions.js";
import { estimate } from "./estimate.js";

type Rows = readonly (readonly number[])[];
interface Compared {
  readonly a: Rows;
  readonly b: Rows;
  readonly gain: number;
  readonly half: number;
  readonly half90: number;
}
const golden = JSON.parse(
  readFileSync(new URL("../../test/golden/statistics.json", import.meta.url), "utf8"),
) as {
  readonly chi_square: readonly (readonly [number, number, number])[];
  readonly binomial: readonly (readonly [number, number, number, number])[];
  readonly student: readonly (readonly [number, number, number])[];
  readonly binary: Compared;
  readonly real: Compared;
  readonly clustered: {
    readonly scores: readonly number[];
    readonly groups: readonly string[];
    readonly effective: number;
    readonly interval: readonly [number, number];
  };
  readonly splits: { readonly gains: readonly number[]; readonly half: number };
};

test("quantiles of chi-square and Student's t, and the binomial distribution, are SciPy's", () => {
  for (const [p, df, x] of golden.chi_square) expect(chiSquareQuantile(p, df) / x).toBeCloseTo(1, 9);
  for (const [level, df, x] of golden.student) expect(studentQuantile(level, df) / x).toBeCloseTo(1, 9);
  for (const [k, n, p, share] of golden.binomial) expect(binomialAtMost(k, n, p)).toBeCloseTo(share, 10);
});

test("the interval of a gain over seeds and samples is that of the mean squares, with one pseudo-disagreement", () => {
  const { a, b, gain, half } = golden.binary;
  const found = difference(a, b);
  expect(found.gain).toBeCloseTo(gain, 12);
  expect(found.interval![1] - found.gain).toBeCloseTo(half, 9);
});

test("of numbers there is no pseudo-disagreement; 90 % is narrower", () => {
  const { a, b, gain, half, half90 } = golden.real;
  const found = difference(a, b);
  expect(found.gain).toBeCloseTo(gain, 12);
  expect(found.interval![1] - found.gain).toBeCloseTo(half, 9);
  expect(found.interval90![1] - found.gain).toBeCloseTo(half90, 9);
});

test("the models of five folds share samples, so a difference has 2.25 times the variance", () => {
  const [a, b] = [[golden.real.a[0]!], [golden.real.b[0]!]];
  const half = (folds?: number): number => {
    const { gain, interval } = difference(a, b, { folds });
    return interval![1] - gain;
  };
  expect(half(5) / half()).toBeCloseTo(1.5, 9);
  const right = [Array.from({ length: 45 }, (_, i) => (i < 36 ? 1 : 0))];
  const wrong = [Array.from({ length: 45 }, (_, i) => (i < 27 ? 1 : 0))];
  // Nine of 45 differ; as four of 20.
  const [of20, against] = [right, wrong].map((rows) => [rows[0]!.filter((_, i) => i % 9 < 4)]);
  const five = difference(right, wrong, { folds: 5 });
  expect(five.interval![0]).toBeCloseTo(difference(of20!, against!).interval![0], 9);
  expect(five.p).toBeCloseTo(difference(of20!, against!).p!, 9);
});

test("p is the level at which the interval starts to exclude 0", () => {
  const { a, b } = golden.real;
  const { p } = difference(a, b);
  const [low, high] = difference(a, b, { level: 1 - p! }).interval!;
  expect(Math.min(Math.abs(low), Math.abs(high))).toBeLessThan(1e-6);
});

test("samples of groups count as fewer", () => {
  const { scores, groups, effective, interval } = golden.clustered;
  const found = estimate([scores], { groups });
  expect(found.effective).toBeCloseTo(effective, 9);
  expect(found.interval![0]).toBeCloseTo(interval[0], 9);
  expect(found.interval![1]).toBeCloseTo(interval[1], 9);
});

test("divisions of one pool: Nadeau & Bengio's interval", () => {
  const { gains, half } = golden.splits;
  const { gain, interval } = splitDifference(gains, { test: 60, train: 240 });
  expect(interval![1] - gain).toBeCloseTo(half, 9);
});

test("300 predictions in 10 groups of identical predictions have the interval of 10 samples", () => {
  const scores = Array.from({ length: 300 }, (_, i) => Number(Math.floor(i / 30) % 2 === 0));
  const groups = scores.map((_, i) => Math.floor(i / 30));
  const { effective, interval } = estimate([scores], { groups });
  // D = v / (p q / N), v = p q / 10 · 10/9: 9 samples.
  expect(effective).toBeCloseTo(9, 9);
  expect(interval![1] - interval![0]).toBeGreaterThan(0.5);
  expect(estimate([scores]).interval![1] - estimate([scores]).interval![0]).toBeLessThan(0.12);
});

test("the design effect: 300 samples of 10 groups of equal samples count as 9, and t widens", () => {
  const right = Array.from({ length: 300 }, (_, i) => Number(Math.floor(i / 30) % 2 === 0));
  const groups = right.map((_, i) => Math.floor(i / 30));
  // t(0.95, 9) = 2.262157163 (scipy.stats.t.ppf(0.975, 9)), z = 1.959963985
  expect(designEffect(right, groups)).toBeCloseTo((300 / 9) * (2.262157163 / 1.959963985) ** 2, 6);
  expect(designEffect(new Uint8Array(300).fill(1), groups)).toBeCloseTo(
    30 * (2.262157163 / 1.959963985) ** 2,
    6,
  );
  expect(designEffect(right, undefined)).toBe(1);
  expect(
    designEffect(
      right,
      right.map((_, i) => i),
    ),
  ).toBe(1);
  expect(
    designEffect(
      right,
      right.map((_, i) => i % 9),
    ),
  ).toBeNull();
});

test("fewer than 10 groups, one sample and numbers without variance have no interval", () => {
  const scores = Array.from({ length: 90 }, (_, i) => Number(i % 3 > 0));
  expect(estimate([scores], { groups: scores.map((_, i) => i % 9) })).toMatchObject({
    interval: null,
    why: "few groups",
  });
  expect(estimate([[0.4]])).toMatchObject({ interval: null, why: "one sample" });
  expect(estimate([[0.4, 0.4, 0.4]])).toMatchObject({ interval: null, why: "no variance" });
  expect(difference([[0.4, 0.5]], [[0.4, 0.5]])).toMatchObject({ interval: null, why: "identical", p: 1 });
});
