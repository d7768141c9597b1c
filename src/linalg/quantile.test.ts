import { expect, test } from "vitest";
import { median, quantile } from "./quantile.js";

test("the median is the middle value, or the mean of the two in the middle", () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([10, 4, 1, 3])).toBe(3.5);
  expect(median(Float64Array.of(7))).toBe(7);
  expect(median([])).toBeUndefined();
});

test("quantiles between two values lie on the line between them, as in NumPy", () => {
  // numpy.quantile([1, 2, 4, 8], [0, 0.25, 0.5, 0.9, 1]) = [1, 1.75, 3, 6.8, 8]
  expect([0, 0.25, 0.5, 0.9, 1].map((q) => quantile([1, 2, 4, 8], q))).toEqual([
    1,
    1.75,
    3,
    expect.closeTo(6.8, 12),
    8,
  ]);
  expect(quantile([], 0.5)).toBeNaN();
});
