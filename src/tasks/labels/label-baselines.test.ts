import { expect, test } from "vitest";
import { mostFrequent } from "./label-baselines.js";

test("returns as many of the most frequent labels as give the highest micro F1", () => {
  // 10 items with 8, 5 and 1 of the labels, 14 in all: F1 = 2 · 8 / (14 + 10) = 0.67, 2 · 13 / (14 + 20) = 0.76, 2 · 14 / (14 + 30) = 0.64.
  expect(mostFrequent([5, 8, 1], 10)).toEqual([1, 0]);
});

test("returns no label if no item has one", () => {
  expect(mostFrequent([0, 0], 10)).toEqual([]);
});
