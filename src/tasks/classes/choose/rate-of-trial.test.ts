import { expect, test } from "vitest";
import { withRateOfTrial } from "./planning.js";

const trial = { strategy: "finetune", epochs: 1, validation_accuracy: 0.8, seconds: 1 } as const;

test("the training has the rate of its trial if that was lowered, and says so", () => {
  const choice = { name: "finetune", reasons: [] } as const;
  const lowered = { ...trial, rate: { peak: 0.0025 / 16, usual: 0.0025 } };
  const decision = withRateOfTrial(choice, [trial, lowered], "texts");
  expect(decision.rate).toBe(0.0025 / 16);
  const values = { rate: 0.0025 / 16, usual: 0.0025, unit: "texts" };
  expect(decision.reasons).toEqual([{ code: "rate-of-trials", values }]);
});

test("a trial at the usual rate decides nothing about it, and a solved head has none", () => {
  expect(withRateOfTrial({ name: "finetune", reasons: [] }, [trial], "texts").rate).toBeUndefined();
  const lowered = { ...trial, rate: { peak: 0.0025 / 16, usual: 0.0025 } };
  expect(withRateOfTrial({ name: "ngram-probe", reasons: [] }, [lowered], "texts").rate).toBeUndefined();
});
