// A choice on few validation samples can err, so its words hold the difference and its interval.
import { expect, test } from "vitest";
import { pageZh } from "../../report/words/zh/page.js";
import { choiceOf, safeWords, validationDifference, wrongAtTwoPoints } from "./safe.js";

/** The words of keeping the model with more right answers. */
const wordsOf = (difference: ReturnType<typeof validationDifference>): string => {
  const kept = difference.gain < 0 ? "scratch" : "transfer";
  const validation = {
    transfer: 0.2 + Math.max(0, difference.gain),
    scratch: 0.2 + Math.max(0, -difference.gain),
  };
  return safeWords({ kept, validation, difference }, "pictures");
};

test("a choice with a standard error of 2 points is wrong in 16 of 100 cases if the models truly differ by 2 points", () => {
  // Φ(−1) = 0.1587, Φ(−0.02 / 0.07) = 0.3876: tables of the normal distribution.
  expect(wrongAtTwoPoints([-0.05 - 1.959964 * 0.02, -0.05 + 1.959964 * 0.02])).toBeCloseTo(0.1587, 4);
  expect(wrongAtTwoPoints([-1.959964 * 0.07, 1.959964 * 0.07])).toBeCloseTo(0.3876, 3);
});

test("the words say the same in Chinese", () => {
  const difference = { gain: -0.02, n: 45, models_ci95: [-0.15, 0.11] as const, wrong_at_2_points: 0.38 };
  const choice = { kept: "scratch" as const, validation: { transfer: 0.78, scratch: 0.8 }, difference };
  expect(safeWords(choice, "pictures")).toBe(
    "Kept: from scratch, 2.0 points better on 45 validation pictures (80.0 % against 78.0 %; these two models: from −11.0 to 15.0 points). That can be chance: if the other is truly 2 points better, such a choice is wrong in 4 of 10 cases.",
  );
  expect(pageZh.ofTheTwo({ ...choice, other: 0.7, words: "" }).replaceAll("\u00a0", " ")).toBe(
    "保留：从头训练的模型，在 45 个验证样本上高 2.0 个百分点（准确率 80.0 %，另一个 78.0 %；就这两个模型而言：−11.0 至 15.0 个百分点）。这可能出于偶然：如果另一个其实高 2 个百分点，这样的选择在 10 次中会错 4 次。",
  );
});

test("from scratch is kept if it is better by more than one standard error and has a lower loss", () => {
  // The half width is 1.96 standard errors: these are 0.05.
  const apart = (gain: number) => ({ gain, n: 30, models_ci95: [gain - 0.098, gain + 0.098] as const });
  const [lower, higher] = [
    { transfer: 0.7, scratch: 0.6 },
    { transfer: 0.7, scratch: 0.9 },
  ];
  expect(choiceOf(apart(-0.06), lower)).toEqual({ kept: "scratch", by: "score" });
  expect(choiceOf(apart(-0.04), lower)).toEqual({ kept: "transfer", by: "score" });
  expect(choiceOf(apart(-0.06), higher)).toEqual({ kept: "transfer", by: "loss" });
  expect(choiceOf(apart(0.06), lower)).toEqual({ kept: "transfer", by: "score" });
  expect(choiceOf(undefined, lower)).toEqual({ kept: "transfer", by: "score" });
});

test("a transfer that is kept for its lower loss says so in both languages", () => {
  const difference = { gain: -0.133, n: 30, models_ci95: [-0.28, 0.02] as const, wrong_at_2_points: 0.4 };
  const validation = { transfer: 0.733, scratch: 0.867 };
  const losses = { transfer: 0.667, scratch: 0.968 };
  const choice = { kept: "transfer" as const, validation, difference, losses };
  expect(safeWords(choice, "clips")).toBe(
    "Kept: transfer, 13.3 points behind on 30 validation clips, but its loss is lower: 0.667 against 0.968 (73.3 % against 86.7 %; these two models: from −28.0 to 2.0 points). That can be chance: if the other is truly 2 points better, such a choice is wrong in 4 of 10 cases.",
  );
  expect(pageZh.ofTheTwo({ ...choice, other: 0.7, words: "" }).replaceAll("\u00a0", " ")).toBe(
    "保留：迁移的模型，在 30 个验证样本上低 13.3 个百分点，但损失更低：0.667，另一个 0.968（准确率 73.3 %，另一个 86.7 %；就这两个模型而言：−28.0 至 2.0 个百分点）。这可能出于偶然：如果另一个其实高 2 个百分点，这样的选择在 10 次中会错 4 次。",
  );
});

/** Scores of predictions that are right on the samples of `right`. */
const predictions = (n: number, right: (i: number) => boolean) => ({
  shares: Float64Array.from({ length: n }, (_, i) => Number(right(i))),
});

test("a small difference on 45 samples is said to be possible by chance", () => {
  // 38 and 36 of 45 right, one of them only by the transfer: 2 / 45 = 4.4 points.
  const found = validationDifference(
    predictions(45, (i) => i < 35 || i === 40),
    predictions(45, (i) => i < 38),
  );
  expect(found).toMatchObject({ gain: expect.closeTo(-2 / 45, 12), n: 45 });
  expect(found.models_ci95![0]).toBeLessThan(-2 / 45);
  expect(found.models_ci95![1]).toBeGreaterThan(0);
  expect(wordsOf(found)).toMatch(
    /^Kept: from scratch, 4\.4 points better on 45 validation pictures \(24\.4 % against 20\.0 %; these two models: from −\d+\.\d to \d+\.\d points\)\. That can be chance: /,
  );
});

test("validation samples of groups count as fewer, and too few groups are said", () => {
  const groupsOf = (groups: number) => Array.from({ length: 60 }, (_, i) => `group ${i % groups}`);
  // 12 groups of 5: the transfer is right in 9 more of them. For independent samples the interval is narrower.
  const of = (groups: number) =>
    validationDifference(
      predictions(60, () => true),
      predictions(60, (i) => i % 12 > 8),
      groupsOf(groups),
    );
  const alone = validationDifference(
    predictions(60, () => true),
    predictions(60, (i) => i % 12 > 8),
  );
  const width = ([low, high]: readonly [number, number]): number => high - low;
  expect(width(of(12).models_ci95!)).toBeGreaterThan(width(alone.models_ci95!));
  // The gain is a mean over groups: it may differ from 45 / 60 in the last digit.
  expect(of(6)).toMatchObject({ models_ci95: null, few_groups: true, gain: expect.closeTo(0.75, 12) });
  expect(wordsOf(of(6))).toBe(
    "Kept: transfer, 75.0 points better on 60 validation pictures (95.0 % against 20.0 %). They are of too few groups to tell whether that is chance.",
  );
});

test("a choice by R² is said in R²", () => {
  const difference = { gain: 0.031, n: 45, models_ci95: [-0.02, 0.08] as const, wrong_at_2_points: 0.2 };
  const choice = {
    kept: "transfer" as const,
    metric: "r2" as const,
    validation: { transfer: 0.9, scratch: 0.87 },
  };
  expect(safeWords({ ...choice, difference }, "rows")).toBe(
    "Kept: transfer, 0.031 of R² better on 45 validation rows (R² 0.900 against R² 0.870; these two models: from −0.020 to 0.080 of R²). That can be chance: if the other is truly 0.02 of R² better, such a choice is wrong in 2 of 10 cases.",
  );
});

test("a large difference is not called chance, and identical models are", () => {
  const [good, poor] = [predictions(45, () => true), predictions(45, (i) => i % 2 === 0)];
  expect(wordsOf(validationDifference(good, poor))).not.toContain("chance");
  expect(wordsOf(validationDifference(poor, good))).toMatch(/from \d+\.\d to \d+\.\d points\)\.$/);
  expect(wordsOf(validationDifference(poor, poor))).toBe(
    "Kept: transfer. Both are right on the same of the 45 validation pictures.",
  );
});
