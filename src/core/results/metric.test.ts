import { expect, test } from "vitest";
import { better, epochValidation } from "./metric.js";

test("a higher score is better; of equal scores the lower loss; nothing is better than itself or NaN", () => {
  const one = { score: 0.8, loss: 1 };
  expect(better({ score: 0.81, loss: 9 }, one)).toBe(true);
  expect(better({ score: 0.8, loss: 0.9 }, one)).toBe(true);
  expect(better(one, one)).toBe(false);
  expect(better({ score: 0.79, loss: 0.1 }, one)).toBe(false);
  expect(better({ score: Number.NaN, loss: 0.1 }, one)).toBe(false);
});

test("NaN is worse than every number, as a score and as a loss", () => {
  const none = { score: Number.NaN, loss: Number.NaN };
  expect(better({ score: -1000, loss: 9 }, none)).toBe(true);
  expect(better(none, none)).toBe(false);
  expect(better({ score: 0.8, loss: 1 }, { score: 0.8, loss: Number.NaN })).toBe(true);
  expect(better({ score: 0.8, loss: Number.NaN }, { score: 0.8, loss: 1 })).toBe(false);
});

test("an epoch says its metric as people know it, and only an accuracy is called one", () => {
  expect(epochValidation("accuracy", { score: 0.5, loss: 1 })).toEqual({
    validation: { score: 0.5, loss: 1, metric: { name: "accuracy", value: 0.5 } },
    validation_loss: 1,
    validation_accuracy: 0.5,
  });
  // A perplexity of 7.4 is a score of −7.4: lower is better.
  expect(epochValidation("perplexity", { score: -7.4, loss: 2 })).toEqual({
    validation: { score: -7.4, loss: 2, metric: { name: "perplexity", value: 7.4 } },
    validation_loss: 2,
    validation_metric: { name: "perplexity", value: 7.4 },
  });
  // Adaptation scores epochs by more than the accuracy that it tells.
  expect(epochValidation("accuracy", { score: 1.3, loss: 1, value: 0.9 })).toMatchObject({
    validation: { score: 1.3, metric: { value: 0.9 } },
    validation_accuracy: 0.9,
  });
});
