import { expect, test } from "vitest";
import { chrfNumbers, chrfOf, chrfShares, chrfSums } from "./chrf.js";

const k = chrfNumbers(0);
const texts = [
  ["the cat sat on the mat", "the cat is on the mat"],
  ["a dog", "there is a dog"],
  ["nothing of it", "everything"],
  ["", "x"],
  ["right", "right"],
] as const;
const values = texts.flatMap(([prediction, reference]) => chrfSums(prediction, [reference], 0));

/** chrF of the texts, each with a weight. */
const weighted = (weights: readonly number[]): number =>
  chrfOf(
    Array.from({ length: k }, (_, at) => weights.reduce((sum, w, i) => sum + w * values[i * k + at]!, 0)),
  ).value;

test("the mean of the shares is chrF of all texts", () => {
  const { n, value, shares } = chrfShares(values, k);
  expect(n).toBe(5);
  expect(value).toBe(weighted([1, 1, 1, 1, 1]));
  expect(shares.reduce((sum, share) => sum + share, 0) / n).toBeCloseTo(value, 12);
});

test("a share is what a text moves chrF by", () => {
  // d F / d w_i of weights w, by central differences: shareᵢ − F = N dF/dwᵢ, because doubling all weights changes nothing.
  const { n, value, shares } = chrfShares(values, k);
  for (const [i, share] of shares.entries()) {
    const at = (h: number) => weighted(texts.map((_, t) => (t === i ? 1 + h : 1)));
    expect(share - value).toBeCloseTo((n * (at(1e-5) - at(-1e-5))) / 2e-5, 7);
  }
});

test("texts without anything right have shares of 0", () => {
  const { value, shares } = chrfShares(chrfSums("abc", ["xyz"], 0), k);
  expect([value, ...shares]).toEqual([0, 0]);
});

test("an order that the reference is too short for counts nowhere", () => {
  // "ab" and "a": one of two characters, P = 1/2 and R = 1; F = 5 · 1/2 / (4/2 + 1) = 5/6. The pair "ab" has no partner.
  const sums = chrfSums("ab", ["a"], 0);
  expect(sums.slice(0, 6)).toEqual([2, 1, 1, 0, 0, 0]);
  expect(chrfOf(sums).value).toBeCloseTo(5 / 6, 12);
});
