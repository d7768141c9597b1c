import { expect, test } from "vitest";
import { fitTrust, measureTrust } from "./trust.js";

test("a correct and confident model has sets of one class, never empty ones", () => {
  // Nine of ten items are certain, so the threshold for 80 % is 0. Only the tenth item would have an empty set.
  const logits = Float32Array.from({ length: 20 }, (_, i) => (i % 2 === 0 ? (i === 18 ? 1 : 60) : 0));
  const answers = { logits, labels: new Int32Array(10), items: [] };
  const facts = fitTrust(2, answers, { coverage: 0.8 })!;
  const { mean_size, test_coverage, single } = measureTrust(2, facts, answers).prediction_sets.lac;
  expect([mean_size, test_coverage, single]).toEqual([1, 1, 1]);
});
