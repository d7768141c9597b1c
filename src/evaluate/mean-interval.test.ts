import { expect, test } from "vitest";
import { meanInterval } from "./mean-interval.js";

test("is t's interval around the mean, as SciPy has it", () => {
  // scipy.stats.t.ppf(.975, 2) * numpy.std([.80, .85, .84], ddof=1) / sqrt(3)
  const { mean, sd, plus_minus, ci95 } = meanInterval([0.8, 0.85, 0.84]);
  expect(mean).toBeCloseTo(0.83, 12);
  expect(sd).toBeCloseTo(0.02645751311, 10);
  expect(plus_minus).toBeCloseTo(0.06572410608, 9);
  expect(ci95![0]).toBeCloseTo(0.83 - 0.06572410608, 9);
  expect(ci95![1]).toBeCloseTo(0.83 + 0.06572410608, 9);
});

test("one value has no interval", () => {
  expect(meanInterval([0.7])).toEqual({ mean: 0.7, sd: null, plus_minus: null, ci95: null });
});
