import { expect, test } from "vitest";
import { rankCorrelation } from "./rank-correlation.js";

test("equals the worked example with ten persons: ρ = −29 / 165", () => {
  // Wikipedia, "Spearman's rank correlation coefficient", example: IQ and hours of television.
  const iq = [106, 100, 86, 101, 99, 103, 97, 113, 112, 110];
  const hours = [7, 27, 2, 50, 28, 29, 20, 12, 6, 17];
  expect(rankCorrelation(iq, hours).value).toBeCloseTo(-29 / 165, 12);
});

test("depends on the order of values alone, and shares ranks among equal values", () => {
  const [a, b] = [
    [1, 2, 3, 4, 5, 6],
    [1, 8, 27, 64, 125, 216],
  ];
  expect(rankCorrelation(a, b).value).toBe(1);
  expect(rankCorrelation(a, [...b].reverse()).value).toBe(-1);
  // Ranks 1.5, 1.5, 3 against 1, 2, 3: 1.5 / √(1.5 · 2).
  expect(rankCorrelation([5, 5, 9], [1, 2, 3]).value).toBeCloseTo(1.5 / Math.sqrt(3), 12);
});

test("a constant variable has no correlation", () => {
  expect(rankCorrelation([1, 2, 3], [4, 4, 4])).toEqual({ value: null, ci95: null });
});

test("the interval has the formula's width, and needs ten samples or groups", () => {
  const values = Array.from({ length: 40 }, (_, i) => i);
  const others = values.map((i) => (i * 7) % 40);
  const { value, ci95 } = rankCorrelation(values, others);
  const half = 1.959964 * Math.sqrt((1 + value! ** 2 / 2) / 37);
  expect(Math.atanh(ci95![1]) - Math.atanh(value!)).toBeCloseTo(half, 5);
  expect(Math.atanh(value!) - Math.atanh(ci95![0])).toBeCloseTo(half, 5);
  const groups = values.map((i) => `g${i % 12}`);
  const wider = rankCorrelation(values, others, groups);
  expect(wider.value).toBe(value);
  expect(wider.ci95![1]).toBeGreaterThan(ci95![1]);
  expect(
    rankCorrelation(
      values,
      others,
      values.map((i) => `g${i % 9}`),
    ).ci95,
  ).toBeNull();
  expect(rankCorrelation(values.slice(0, 9), others.slice(0, 9)).ci95).toBeNull();
});
