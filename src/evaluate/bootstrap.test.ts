import { expect, test } from "vitest";
import { quantile } from "../linalg/quantile.js";
import { wilsonInterval } from "../statistics/wilson.js";
import { bootstrapInterval } from "./bootstrap.js";

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
