import { expect, test } from "vitest";
import { inEnglish } from "../../../core/messages/message.js";
import { withRateOfTrial } from "./planning.js";

const trial = { strategy: "finetune", epochs: 1, validation_accuracy: 0.8, seconds: 1 } as const;

test("the training has the rate of its trial if that was lowered, and says so", () => {
  const choice = { name: "finetune", reasons: [] } as const;
  const lowered = { ...trial, rate: { peak: 0.0025 / 16, usual: 0.0025 } };
  const decision = withRateOfTrial(choice, [trial, lowered], "texts");
  expect(decision.rate).toBe(0.0025 / 16);
  expect(inEnglish(decision.reasons)).toMatch(/^learning rate 0\.00016: .* 0\.0025, undid the linear probe$/);
});

test("a trial at the usual rate decides nothing about it, and a solved head has none", () => {
  expect(withRateOfTrial({ name: "finetune", reasons: [] }, [trial], "texts").rate).toBeUndefined();
  const lowered = { ...trial, rate: { peak: 0.0025 / 16, usual: 0.0025 } };
  expect(withRateOfTrial({ name: "ngram-probe", reasons: [] }, [lowered], "texts").rate).toBeUndefined();
});
