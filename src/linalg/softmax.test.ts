import { expect, test } from "vitest";
import { argmax, binaryCrossEntropy, logProbability, logSumExp, softmax, softmaxRows } from "./softmax.js";

test("of equal largest values the first is returned, by its index in the row", () => {
  expect(argmax([1, 3, 3])).toBe(1);
  expect(argmax([9, 0, 5, 2], 1, 2)).toBe(1);
  expect(argmax([Number.NEGATIVE_INFINITY, -5])).toBe(1);
});

test("softmax of (0, ln 3) is (1/4, 3/4), at any offset and for logits of any size", () => {
  for (const [row, p] of [
    [[0, Math.log(3)], 0.25],
    [[1000, 1000 + Math.log(3)], 0.25],
    [[-5000, -5000 + Math.log(3)], 0.25],
  ] as const) {
    expect(softmax(row)[0]).toBeCloseTo(p, 12);
    expect(Math.exp(logProbability(row, 0))).toBeCloseTo(p, 12);
    expect(logSumExp(row)).toBeCloseTo(row[0] + Math.log(4), 9);
  }
  // softmax(z / 2) of (0, 2 ln 3)
  expect(softmaxRows([0, 2 * Math.log(3)], 2, 2)[1]).toBeCloseTo(0.75, 12);
});

test("a row of a matrix gives the same as the row alone", () => {
  const z = [7, 7, 0, Math.log(3), -2, 50];
  expect(logProbability(z, 1, 2, 2)).toBeCloseTo(Math.log(0.75), 12);
  expect(logSumExp(z, 2, 2)).toBeCloseTo(Math.log(4), 12);
  expect(softmaxRows(z, 2).slice(2, 4)).toEqual(Float64Array.from(softmax([0, Math.log(3)])));
});

test("a logit that is not a number makes its row not a number", () => {
  expect(softmax([1, Number.NaN])).toEqual([Number.NaN, Number.NaN]);
  expect(softmax([Number.NaN, 1])).toEqual([Number.NaN, Number.NaN]);
});

test("the binary cross-entropy of logit 0 is ln 2, and of a logit of any size the distance to the right side", () => {
  expect(binaryCrossEntropy([0, 0], [0, 1])).toBeCloseTo(Math.LN2, 12);
  expect(binaryCrossEntropy([1000, -1000], [0, 1])).toBeCloseTo(1000, 9);
  expect(binaryCrossEntropy([1000, -1000], [1, 0])).toBe(0);
});
