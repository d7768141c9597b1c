import { expect, test } from "vitest";
import { leadOf } from "./compare-source.js";

const mean = (values: readonly number[]): number => values.reduce((sum, one) => sum + one, 0) / values.length;
/**
 * Leads of ten rows with mean m: the standard error of the mean is 0.1, because Σ (d − m)² = 0.9. Five folds make it 1.5 times as large: a
 * variance of 1 + 5 / 4 times.
 */
const leads = (m: number): number[] => Array.from({ length: 10 }, (_, i) => m + (i % 2 ? 0.3 : -0.3));
const compared = (lead: number, loss: number, groups?: readonly string[]) => {
  const other = Array.from({ length: 10 }, () => loss - lead);
  const alone = leads(lead).map((one, i) => other[i]! + one);
  return leadOf({ losses: other }, { losses: alone, loss: mean(alone) }, { folds: 5, groups });
};

test("a source needs a lead of one standard error, and of 5 % of the loss", () => {
  const { value, needed } = compared(0.12, 1);
  expect(value).toBeCloseTo(0.12, 9);
  expect(needed).toBeCloseTo(0.15, 9);
  expect(compared(0.12, 4).needed).toBeCloseTo(0.2, 9);
});

test("beyond the 95 % interval, 1 % of the loss is enough", () => {
  // Student's t of 9 degrees of freedom: 2.2622.
  expect(compared(0.3, 20).needed).toBeCloseTo(0.33933, 4);
  expect(compared(0.3, 40).needed).toBeCloseTo(0.4, 9);
});

test("equal losses are no lead", () => {
  const losses = [0.3, 0.5, 0.2];
  expect(leadOf({ losses }, { losses, loss: 0.3 }, { folds: 5 })).toEqual({ value: 0, needed: 0 });
});

test("rows of fewer than ten groups cannot tell", () => {
  const groups = Array.from({ length: 10 }, (_, i) => `shop ${i % 4}`);
  expect(compared(0.5, 1, groups)).toMatchObject({ needed: null, groups: 4 });
});
