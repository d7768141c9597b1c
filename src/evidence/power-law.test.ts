import { expect, test } from "vitest";
import { errorAt, fitPowerLaw, itemsFor, itemsInterval, timesInterval } from "./power-law.js";

const law = { floor: 0.08, scale: 0.9, rate: 0.5 };
const sizes = [10, 20, 40, 80, 160, 320];
const exact = sizes.map((n) => ({ n, error: errorAt(law, n), variance: 1e-4 }));

test("a curve that is a power law is found again, and turned round", () => {
  const found = fitPowerLaw(exact);
  for (const n of [10, 100, 320]) expect(errorAt(found, n)).toBeCloseTo(errorAt(law, n), 2);
  expect(found.explained).toBeGreaterThan(0.999);
  // .08 + .9 / √n = .17 at n = 100.
  expect(itemsFor(law, 0.17)).toBeCloseTo(100, 9);
  expect(itemsFor(found, 0.17)).toBeGreaterThan(90);
  expect(itemsFor(found, 0.17)).toBeLessThan(110);
  expect(itemsFor(law, 0.08)).toBe(Number.POSITIVE_INFINITY);
});

test("intervals are the middle 95 % of the laws of the redrawn errors; without redraws there are none", () => {
  expect(itemsInterval(fitPowerLaw(exact), 0.17)).toBeNull();
  // Errors that are all 1 point higher or lower: .08 + .9 / √n ± .01 is .17 at n = (.9 / .08)² = 127 and (.9 / .1)² = 81.
  const moved = [-0.01, 0.01].map((by) => exact.map(({ error }) => error + by));
  const [low, high] = itemsInterval(fitPowerLaw(exact, moved), 0.17)!;
  expect(Math.abs(low / 81 - 1)).toBeLessThan(0.02);
  expect(Math.abs(high / 126.6 - 1)).toBeLessThan(0.02);
});

test("how many times as many: pairs of redraws, and beyond the limit a law says at least so many", () => {
  const twice = sizes.map((n) => ({ n, error: 0.08 + (0.9 * Math.SQRT2) / Math.sqrt(n), variance: 1e-4 }));
  const errors = (points: typeof exact) => points.map(({ error }) => error);
  const [a, b] = [fitPowerLaw(exact, [errors(exact)]), fitPowerLaw(twice, [errors(twice)])];
  // (√2)² = 2 times, whatever the error; 200 items of b.
  const [low, high] = timesInterval(a, b, 0.17, 640)!;
  expect(low).toBeCloseTo(2, 1);
  expect(high).toBeCloseTo(2, 1);
  const [least, most] = timesInterval(a, b, 0.17, 150)!;
  expect(least).toBeCloseTo(1.5, 1);
  expect(most).toBe(Number.POSITIVE_INFINITY);
  expect(timesInterval(a, b, 0.17, 50)).toEqual([0, Number.POSITIVE_INFINITY]);
});

test("a curve that does not fall is a flat law that explains nothing, and never reaches less", () => {
  const flat = fitPowerLaw(sizes.map((n, i) => ({ n, error: 0.5 + 0.01 * (i % 2), variance: 1e-3 })));
  expect(flat.explained).toBeLessThan(0.5);
  expect(itemsFor(flat, 0.3)).toBe(Number.POSITIVE_INFINITY);
});

test("three sizes are too few for three parameters", () => {
  expect(() => fitPowerLaw(exact.slice(0, 3))).toThrow("a learning curve needs at least 4 sizes, got 3");
});
