import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { draws } from "../core/random.js";
import { studentQuantile, studentTwoSided } from "../statistics/distributions.js";
import { wilsonInterval, z95 } from "../statistics/wilson.js";
import { bootstrapInterval, quantile } from "./bootstrap.js";
import { disagreement, mcNemar, pairedInterval, seededDifference } from "./paired.js";

const golden: {
  tables: { table: [number, number, number, number]; interval: [number, number]; mcnemar: number }[];
  student: { df: number; p: number; quantile: number }[];
  student_tail: { df: number; t: number; p: number }[];
} = JSON.parse(readFileSync(new URL("../../test/golden/evaluate-paired.json", import.meta.url), "utf8"));

test("Student's quantiles and tails equal SciPy's, also for fractions of a degree", () => {
  for (const { df, p, quantile } of golden.student) {
    // 1 − 0.99 in float64 is right to 1e-14, and the quantile moves a thousand times as much.
    expect(studentQuantile(2 * p - 1, df) / quantile).toBeCloseTo(1, 7);
  }
  for (const { df, t, p } of golden.student_tail) expect(studentTwoSided(t, df) / p).toBeCloseTo(1, 9);
  expect(studentQuantile(0.95, Number.POSITIVE_INFINITY)).toBeCloseTo(z95, 6);
});

test("Tango's interval equals a numerical maximisation of the likelihood", () => {
  for (const { table, interval } of golden.tables) {
    const [both, onlyA, onlyB, neither] = table;
    const [low, high] = pairedInterval({ n: both + onlyA + onlyB + neither, onlyA, onlyB });
    // The golden values come from a one-dimensional search at every Δ, good to about 1e-6.
    expect(low).toBeCloseTo(interval[0], 5);
    expect(high).toBeCloseTo(interval[1], 5);
  }
});

test("two that never disagree: the interval is ± z² / (N + z²)", () => {
  const [low, high] = pairedInterval({ n: 50, onlyA: 0, onlyB: 0 });
  const half = z95 ** 2 / (50 + z95 ** 2);
  expect(low).toBeCloseTo(-half, 9);
  expect(high).toBeCloseTo(half, 9);
});

test("swapping the two mirrors the interval; always right against always wrong reaches 1", () => {
  const [low, high] = pairedInterval({ n: 40, onlyA: 9, onlyB: 2 });
  const [otherLow, otherHigh] = pairedInterval({ n: 40, onlyA: 2, onlyB: 9 });
  expect(otherLow).toBeCloseTo(-high, 9);
  expect(otherHigh).toBeCloseTo(-low, 9);
  expect(pairedInterval({ n: 20, onlyA: 20, onlyB: 0 })[1]).toBeCloseTo(1, 9);
  expect(pairedInterval({ n: 1, onlyA: 0, onlyB: 1 })[0]).toBeCloseTo(-1, 9);
});

test("McNemar equals SciPy's exact binomial test", () => {
  for (const { table, mcnemar } of golden.tables) {
    expect(mcNemar({ n: 0, onlyA: table[1], onlyB: table[2] })).toBeCloseTo(mcnemar, 10);
  }
  expect(mcNemar({ n: 10, onlyA: 0, onlyB: 0 })).toBe(1);
  expect(mcNemar({ n: 5000, onlyA: 2000, onlyB: 1000 })).toBeLessThan(1e-60);
});

test("counts what only one of them gets right", () => {
  expect(disagreement([true, true, false, false], [true, false, true, false])).toEqual({
    n: 4,
    onlyA: 1,
    onlyB: 1,
  });
  expect(() => disagreement([true], [])).toThrow("both must be scored on the same items, got 1 and 0");
  expect(() => disagreement([], [])).toThrow("there are no items to compare on");
});

/** K seeds × N items; items differ in difficulty, seeds in skill, a is better by `gain` on average. */
function simulate(seeds: number, n: number, gain: number, seedSpread: number, draw: number) {
  const items = draws(1, "items", draw);
  const difficulty = Array.from({ length: n }, () => 0.35 + 0.5 * items.uniform());
  const noise = draws(2, "answers", draw);
  const answers = (lift: number) =>
    Array.from({ length: seeds }, () => {
      const skill = lift + seedSpread * noise.normal();
      return difficulty.map((p) => noise.chance(Math.min(1, Math.max(0, p + skill))));
    });
  return { a: answers(gain / 2), b: answers(-gain / 2) };
}

test("the interval over seeds and items covers the truth at about its level", () => {
  for (const [seeds, n, gain, spread] of [
    [3, 50, 0, 0],
    [3, 150, 0, 0.03],
    [5, 100, 0.1, 0.05],
    [3, 400, 0, 0.1],
  ] as const) {
    const repeats = 200;
    let covered = 0;
    for (let r = 0; r < repeats; r++) {
      const { a, b } = simulate(seeds, n, gain, spread, r);
      const [low, high] = seededDifference(a, b, { permutations: 1 }).ci95;
      if (low <= gain && gain <= high) covered++;
    }
    // Binomial error of 200 repeats at 0.95 is 0.0154: three of them below. Above, it may be cautious.
    expect(covered / repeats, `${seeds} seeds, ${n} items, spread ${spread}`).toBeGreaterThan(0.904);
  }
});

test("more seeds and more items narrow the interval; a large gain is found", () => {
  const width = (seeds: number, n: number) => {
    const { a, b } = simulate(seeds, n, 0.2, 0.02, 7);
    const [low, high] = seededDifference(a, b).ci95;
    return high - low;
  };
  expect(width(5, 400)).toBeLessThan(width(3, 400));
  expect(width(3, 800)).toBeLessThan(width(3, 50));
  const { a, b } = simulate(5, 400, 0.2, 0.02, 7);
  const found = seededDifference(a, b);
  expect(found.ci95[0]).toBeGreaterThan(0);
  expect(found.p).toBeLessThan(0.01);
  expect(found.degreesOfFreedom).toBeGreaterThanOrEqual(4);
});

test("two that never disagree over all seeds still have an interval, and p is 1", () => {
  const same = Array.from({ length: 3 }, () => Array.from({ length: 60 }, (_, i) => i % 4 !== 0));
  const found = seededDifference(same, same);
  expect(found.gain).toBe(0);
  expect(found.p).toBe(1);
  expect(found.ci95[1]).toBeGreaterThan(0.015);
  expect(found.ci95[0]).toBe(-found.ci95[1]);
});

test("fewer than two seeds, or other shapes, are errors", () => {
  expect(() => seededDifference([[true]], [[true]])).toThrow(
    "the difference between seeds needs at least 2, got 1",
  );
  expect(() => seededDifference([[true], [true, false]], [[true], [true]])).toThrow(
    "both must be scored on the same items, got 2 and 1",
  );
});

test("the bootstrap of an accuracy is close to Wilson's interval, and is the same for the same seed", () => {
  const correct = Array.from({ length: 200 }, (_, i) => (i % 5 === 0 ? 0 : 1));
  const mean = (drawn: Int32Array) => drawn.reduce((sum, i) => sum + correct[i]!, 0) / drawn.length;
  const interval = bootstrapInterval(200, mean, { repeats: 1000, seed: 3 });
  const wilson = wilsonInterval(160, 200);
  expect(Math.abs(interval[0] - wilson[0])).toBeLessThan(0.012);
  expect(Math.abs(interval[1] - wilson[1])).toBeLessThan(0.012);
  expect(bootstrapInterval(200, mean, { repeats: 1000, seed: 3 })).toEqual(interval);
  expect(() => bootstrapInterval(0, mean)).toThrow("there are no items to draw from");
});

test("quantiles are linear between neighbours", () => {
  expect(quantile([1, 2, 4], 0.25)).toBe(1.5);
  expect(quantile([1, 2, 4], 1)).toBe(4);
  expect(quantile([], 0.5)).toBeNaN();
});

test("scores that are numbers: seeds and items crossed; one seed has the t interval of its items", () => {
  const d = [
    [0.2, -0.1, 0.3, 0.05, 0.15],
    [0.1, -0.2, 0.5, 0.1, 0],
    [0.3, 0.1, 0.2, -0.05, 0.25],
  ];
  const none = d.map((row) => row.map(() => 0));
  // By numpy and scipy: mean squares of the two-way table, Satterthwaite's degrees of freedom, t.
  const crossed = seededDifference(d, none);
  expect(crossed.gain).toBeCloseTo(0.12666666666666668, 12);
  expect(crossed.standardError).toBeCloseTo(0.06863753427324668, 12);
  expect(crossed.degreesOfFreedom).toBeCloseTo(3.836262239154224, 10);
  expect(crossed.ci95[0]).toBeCloseTo(-0.06715273485803328, 2);
  expect(crossed.p).toBeGreaterThanOrEqual(0.141767);
  // scipy.stats.ttest_1samp
  const one = seededDifference(d.slice(0, 1), none.slice(0, 1));
  expect(one.gain).toBeCloseTo(0.12, 12);
  expect(one.ci95[0]).toBeCloseTo(-0.06932831408197293, 3);
  expect(one.ci95[1]).toBeCloseTo(0.3093283140819729, 3);
  const same = seededDifference(none, none);
  expect([same.gain, same.ci95, same.p]).toEqual([0, [0, 0], 1]);
});
