import { expect, test } from "vitest";
import { drawnDifference } from "./drawn.js";

/** Answers of a and b on n items: so many that only a, only b has right, the rest both. */
function answers(tables: readonly (readonly [n: number, onlyA: number, onlyB: number])[]) {
  const of = (wrong: (i: number, a: number, b: number) => boolean) =>
    tables.map(([n, a, b]) => Array.from({ length: n }, (_, i) => !wrong(i, a, b)));
  return { a: of((i, a, b) => i >= a && i < a + b), b: of((i, a) => i < a) };
}

test("seeds that differ much: the t interval over the seeds, K − 1 degrees of freedom", () => {
  const { a, b } = answers([
    [40, 2, 8],
    [50, 20, 1],
    [40, 7, 6],
  ]);
  const { gain, ci95, p, degreesOfFreedom } = drawnDifference(a, b);
  // numpy and scipy.stats.t on the three differences −.15, .38, .025
  expect(gain).toBeCloseTo(0.085, 12);
  expect(degreesOfFreedom).toBe(2);
  expect(ci95[0]).toBeCloseTo(0.085 - 0.6708321787, 3);
  expect(ci95[1]).toBeCloseTo(0.085 + 0.6708321787, 3);
  expect(p).toBeCloseTo(0.64030058, 6);
});

test("seeds that happen to agree: the items still have their luck", () => {
  const { a, b } = answers([
    [40, 8, 2],
    [50, 9, 1],
    [40, 7, 1],
  ]);
  const { gain, ci95, degreesOfFreedom } = drawnDifference(a, b);
  // Σ ((a + b + 1) / n − d²) / n over the seeds, and t with 127 degrees of freedom, by numpy and scipy
  expect(gain).toBeCloseTo((6 / 40 + 8 / 50 + 6 / 40) / 3, 12);
  expect(degreesOfFreedom).toBe(127);
  expect(ci95[1] - gain).toBeCloseTo(0.08149010669, 6);
});

test("two that are always right have no difference, and an interval that is not empty", () => {
  const { a } = answers([
    [30, 0, 0],
    [30, 0, 0],
  ]);
  const { gain, ci95, p } = drawnDifference(a, a);
  expect([gain, p]).toEqual([0, 1]);
  expect(ci95[0]).toBeLessThan(0);
  expect(ci95[1]).toBeGreaterThan(0);
});

test("refuses one seed, and seeds that do not fit", () => {
  const { a, b } = answers([
    [10, 1, 0],
    [10, 1, 0],
  ]);
  expect(() => drawnDifference(a.slice(1), b.slice(1))).toThrow(
    "the difference between seeds needs at least 2, got 1",
  );
  expect(() => drawnDifference(a, b.slice(1))).toThrow("both must have the same seeds, got 2 and 1");
  expect(() => drawnDifference(a, [b[0]!, b[1]!.slice(1)])).toThrow(
    "both must be scored on the same items, got 10 and 9",
  );
});

test("scores that are numbers: the same two intervals, without pseudo-disagreements and without ends", () => {
  const parts = [
    [0.2, -0.1, 0.3, 0.05],
    [0.1, -0.2, 0.5, 0.1, 0],
    [0.3, 0.1, 0.2],
  ];
  const none = parts.map((d) => d.map(() => 0));
  const { gain, ci95, p } = drawnDifference(parts, none);
  // numpy and scipy: t with 2 degrees over the seeds is ± 0.13535, t with 9 within them ± 0.10219
  expect(gain).toBeCloseTo(0.1375, 12);
  expect(ci95[1] - gain).toBeCloseTo(0.13535131559706606, 3);
  expect(p).toBeCloseTo(0.048560612686928295, 6);
  const far = drawnDifference(
    [
      [9, 8],
      [7, 9],
    ],
    [
      [0, 0],
      [0, 0],
    ],
  );
  expect(far.ci95[1]).toBeGreaterThan(1);
});
