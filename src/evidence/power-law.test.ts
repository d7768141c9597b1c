import { expect, test } from "vitest";
import { draws } from "../core/random.js";
import { errorAt, fitPowerLaw, itemsFor, itemsInterval } from "./power-law.js";

const law = { floor: 0.08, scale: 0.9, rate: 0.5 };
const sizes = [10, 20, 40, 80, 160, 320];
const exact = sizes.map((n) => ({ n, errors: [errorAt(law, n), errorAt(law, n)] }));

test("a curve that is a power law is found again, and turned round", () => {
  const found = fitPowerLaw(exact, 1000);
  for (const n of [10, 100, 320]) expect(errorAt(found, n)).toBeCloseTo(errorAt(law, n), 2);
  expect(found.explained).toBeGreaterThan(0.999);
  // .08 + .9 / √n = .17 at n = 100.
  expect(itemsFor(law, 0.17)).toBeCloseTo(100, 9);
  expect(itemsFor(found, 0.17)).toBeGreaterThan(90);
  expect(itemsFor(found, 0.17)).toBeLessThan(110);
  expect(itemsFor(law, 0.08)).toBe(Number.POSITIVE_INFINITY);
});

test("the interval of the items needed holds the truth about 19 times in 20", () => {
  const [seeds, testItems, trials] = [3, 400, 120];
  let held = 0;
  for (let t = 0; t < trials; t++) {
    const d = draws(t, "trial");
    const points = sizes.map((n) => {
      const e = errorAt(law, n);
      // What the test items share, and what the seeds do not.
      const common = Math.sqrt((e * (1 - e)) / testItems) * d.normal();
      return { n, errors: Array.from({ length: seeds }, () => e + common + 0.02 * d.normal()) };
    });
    const [, low, high] = itemsInterval(fitPowerLaw(points, testItems, t), 0.17);
    if (low <= 100 && 100 <= high) held++;
  }
  expect(held / trials).toBeGreaterThan(0.88);
  expect(held / trials).toBeLessThan(0.995);
});

test("a curve that does not fall is a flat law that explains nothing, and never reaches less", () => {
  const flat = fitPowerLaw(
    sizes.map((n, i) => ({ n, errors: [0.5 + 0.01 * (i % 2)] })),
    200,
  );
  expect(flat.explained).toBeLessThan(0.5);
  expect(itemsFor(flat, 0.3)).toBe(Number.POSITIVE_INFINITY);
});

test("three sizes are too few for three parameters", () => {
  expect(() => fitPowerLaw(exact.slice(0, 3), 100)).toThrow("a learning curve needs at least 4 sizes, got 3");
});
