// With one training per side, the gain compares two models, not two methods.
import { expect, test } from "vitest";
import { whyNoInterval } from "../../report/studies/adaptation-gain.js";
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

test("samples of few groups have a gain and no interval, and the report says why", () => {
  const groups = Array.from({ length: 60 }, (_, i) => String(i % 6));
  const gain = gainOf(answers(40, 60), answers(45, 60), groups);
  expect(gain).toMatchObject({ value: expect.closeTo(-1 / 12, 12), models_ci95: null, few_groups: 6 });
  expect(whyNoInterval(gain, "text")).toEqual({
    en: "The texts are of 6\u00a0groups: too few groups for an interval, which needs 10.",
    zh: "这些文本只来自 6 个组：太少，无法给出区间，至少需要 10 个组。",
  });
});
