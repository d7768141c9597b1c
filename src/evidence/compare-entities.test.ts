import { expect, test } from "vitest";
import { compareEntities } from "./compare-entities.js";

/** n sentences with one entity each, of which the first `found` are right. */
const found = (n: number, found: number) =>
  Array.from({ length: n }, (_, i) => ({ n: 1, predicted: 1, correct: i < found ? 1 : 0 }));

test("the gain is the difference of F1, and large ones are not chance", () => {
  const verdict = compareEntities({ a: found(100, 80), b: found(100, 50) });
  expect(verdict.gain).toBeCloseTo(0.3, 12);
  expect(verdict.transfer).toBe("positive");
  expect(verdict.words).toMatch(
    /^Transfer helped: F1 30\.0 points above training from scratch \(95 % interval/,
  );
  expect(compareEntities({ a: found(100, 50), b: found(100, 80) }).transfer).toBe("negative");
});

test("the same answers are neutral, a few others undecided", () => {
  expect(compareEntities({ a: found(50, 25), b: found(50, 25) })).toMatchObject({
    transfer: "neutral",
    gain: 0,
    p: 1,
  });
  const some = compareEntities({ a: found(40, 20), b: found(40, 20).reverse() });
  expect(some.transfer).toBe("inconclusive");
  expect(some.words).toMatch(/^Undecided: F1 0\.0 against training from scratch, which chance can explain/);
});
