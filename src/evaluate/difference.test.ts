import { expect, test } from "vitest";
import { differenceInterval } from "./difference.js";

// Newcombe 1998, table II, method 10.
test.each([
  [56, 70, 48, 80, 0.0524, 0.3339],
  [9, 10, 3, 10, 0.1705, 0.809],
  [6, 7, 2, 7, 0.0582, 0.8062],
  [5, 56, 0, 29, -0.0381, 0.1926],
  [0, 10, 0, 20, -0.1611, 0.2775],
  [10, 10, 0, 10, 0.6075, 1],
])("is the paper's: %i of %i against %i of %i", (x, m, y, n, low, high) => {
  const { difference, ci95 } = differenceInterval({ successes: x, n: m }, { successes: y, n });
  expect(difference).toBeCloseTo(x / m - y / n, 12);
  expect(ci95[0]).toBeCloseTo(low, 4);
  expect(ci95[1]).toBeCloseTo(high, 4);
});
