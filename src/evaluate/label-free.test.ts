import { expect, test } from "vitest";
import { mutualInformation } from "./label-free.js";

test("is 1 when every class is answered as often and with certainty", () => {
  expect(mutualInformation(Float32Array.of(90, 0, 0, 0, 90, 0, 0, 0, 90), 3)).toBeCloseTo(1, 10);
});

test("is 0 for one answer to everything, however certain, and for no opinion", () => {
  expect(mutualInformation(Float32Array.of(90, 0, 90, 0), 2)).toBeCloseTo(0, 10);
  expect(mutualInformation(new Float32Array(6), 3)).toBeCloseTo(0, 10);
  expect(mutualInformation(new Float32Array(0), 3)).toBe(0);
});

test("with expected shares it is 1 where the classes are predicted with certainty as often as expected", () => {
  const logits = Float32Array.of(90, 0, 90, 0, 90, 0, 0, 90);
  expect(mutualInformation(logits, 2, [0.75, 0.25])).toBeCloseTo(1, 10);
  // 1 − KL((¾, ¼) ‖ (½, ½)) / ln 2 = H(¾, ¼) / ln 2
  expect(mutualInformation(logits, 2)).toBeCloseTo(0.811278, 6);
  // 1 − KL((¾, ¼) ‖ (¼, ¾)) / ln 2 = 1 − ½ ln 3 / ln 2
  expect(mutualInformation(logits, 2, [0.25, 0.75])).toBeCloseTo(1 - (0.5 * Math.log(3)) / Math.LN2, 6);
});

test("is the formula in between: answers (0.9, 0.1) and (0.1, 0.9)", () => {
  const z = Math.log(9);
  // H(½, ½) = ln 2; H(0.9, 0.1) = 0.325083
  const entropy = -(0.9 * Math.log(0.9) + 0.1 * Math.log(0.1));
  expect(mutualInformation(Float32Array.of(z, 0, 0, z), 2)).toBeCloseTo((Math.LN2 - entropy) / Math.LN2, 6);
});
