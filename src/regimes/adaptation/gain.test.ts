// With one training per side, the gain compares two models, not two methods.
import { expect, test } from "vitest";
import { gainOf } from "./adapt-and-score.js";

const answers = (right: number, n = 300): boolean[] => Array.from({ length: n }, (_, i) => i < right);

test("the gain of one training each compares two models, without a p-value", () => {
  const gain = gainOf(answers(222), answers(207));
  expect(gain).toEqual({ value: expect.closeTo(0.05, 12), of: "models", models_ci95: expect.any(Array) });
  expect(gain).not.toHaveProperty("ci95");
  expect(gain).not.toHaveProperty("p");
  const [low, high] = gain.models_ci95!;
  expect(low).toBeGreaterThan(0);
  expect(low).toBeLessThan(0.05);
  expect(high).toBeGreaterThan(0.05);
});

test("two models that are correct on the same items have a gain of 0 and no interval", () => {
  expect(gainOf(answers(10, 20), answers(10, 20))).toEqual({ value: 0, of: "models", models_ci95: null });
});
