import { expect, test } from "vitest";
import { rowsOf } from "../core/results/rows.js";
import { softmax } from "../linalg/softmax.js";
import { applyHead, correctOf } from "./class-predictions.js";

test("a head on features is x · wᵀ + b", () => {
  const head = { weight: Float32Array.of(1, 2, -1, 0.5), bias: Float32Array.of(0, 10) };
  // [3, 4]: 3 + 8 = 11, and -3 + 2 + 10 = 9
  expect([...applyHead(head, rowsOf(Float32Array.of(3, 4), 2))]).toEqual([11, 9]);
});

test("an answer is right when the highest score is the label's, the first of equals", () => {
  const logits = Float32Array.of(1, 2, 5, 5, 0, -1);
  expect(correctOf({ logits, labels: Int32Array.of(1, 1, 0), items: [] }, 2)).toEqual([true, false, true]);
});

test("softmax survives large scores and sums to 1", () => {
  expect(softmax([1000, 1000])).toEqual([0.5, 0.5]);
  expect(softmax([0, Math.log(3)])[1]).toBeCloseTo(0.75, 12);
});
