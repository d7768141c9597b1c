import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { studentQuantile, studentTwoSided } from "./distributions.js";
import { disagreement, mcNemar, tangoInterval } from "./tango.js";
import { z95 } from "./wilson.js";

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
    const [low, high] = tangoInterval({ n: both + onlyA + onlyB + neither, onlyA, onlyB });
    // The golden values come from a one-dimensional search at every Δ, good to about 1e-6.
    expect(low).toBeCloseTo(interval[0], 5);
    expect(high).toBeCloseTo(interval[1], 5);
  }
});

test("two that never disagree: the interval is ± z² / (N + z²)", () => {
  const [low, high] = tangoInterval({ n: 50, onlyA: 0, onlyB: 0 });
  const half = z95 ** 2 / (50 + z95 ** 2);
  expect(low).toBeCloseTo(-half, 9);
  expect(high).toBeCloseTo(half, 9);
});

test("swapping the two mirrors the interval; always right against always wrong reaches 1", () => {
  const [low, high] = tangoInterval({ n: 40, onlyA: 9, onlyB: 2 });
  const [otherLow, otherHigh] = tangoInterval({ n: 40, onlyA: 2, onlyB: 9 });
  expect(otherLow).toBeCloseTo(-high, 9);
  expect(otherHigh).toBeCloseTo(-low, 9);
  expect(tangoInterval({ n: 20, onlyA: 20, onlyB: 0 })[1]).toBeCloseTo(1, 9);
  expect(tangoInterval({ n: 1, onlyA: 0, onlyB: 1 })[0]).toBeCloseTo(-1, 9);
});

test("McNemar equals SciPy's exact binomial test", () => {
  for (const { table, mcnemar } of golden.tables) {
    expect(mcNemar({ n: 0, onlyA: table[1], onlyB: table[2] })).toBeCloseTo(mcnemar, 10);
  }
  expect(mcNemar({ n: 10, onlyA: 0, onlyB: 0 })).toBe(1);
  expect(mcNemar({ n: 5000, onlyA: 2000, onlyB: 1000 })).toBeLessThan(1e-60);
});

test("counts samples that only one classifier gets right", () => {
  expect(disagreement([true, true, false, false], [true, false, true, false])).toEqual({
    n: 4,
    onlyA: 1,
    onlyB: 1,
  });
  expect(() => disagreement([true], [])).toThrow("both must be scored on the same items, got 1 and 0");
  expect(() => disagreement([], [])).toThrow("there are no items to compare on");
});
