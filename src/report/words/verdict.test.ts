import { expect, test } from "vitest";
import type { Verdict } from "../../core/events/events.js";
import { verdictEn } from "./en/verdict.js";
import { verdictLineZh } from "./zh/verdict-line.js";

const verdict = (more: Partial<Verdict>): Verdict => ({
  ...{ transfer: "inconclusive", gain: 0.278, ci95: [0.009, 0.547], margin: 0.01, p: 0.04, seeds: 3 },
  words: "",
  ...more,
});
const line = (more: Partial<Verdict>) => verdictEn.line(verdict(more), "accuracy", "transfer");
const zh = (more: Partial<Verdict>) => verdictLineZh.line(verdict(more), "accuracy", "transfer");

test("a verdict is one sentence: the decision and its main number", () => {
  expect(line({ kind: "better" })).toBe(
    "Transfer helped: accuracy is 27.8 points higher than from scratch (95 % confidence interval +0.9 to +54.7).",
  );
  // An open verdict does not call a difference chance whose interval leaves out 0.
  expect(line({ kind: "undecided" })).toBe(
    "Not decided: accuracy is 27.8 points higher than from scratch, but any difference from +0.9 to +54.7 points fits the data (95 % confidence interval).",
  );
  expect(line({ kind: "no interval", ci95: null, why: "few groups" })).toBe(
    "Not decided: accuracy is 27.8 points higher than from scratch, on test samples of too few groups for a confidence interval.",
  );
  expect(line({ kind: "equivalent" })).toContain("within 1.0 points");
  expect(line({ kind: "one training", seeds: 1 })).toContain(
    "one training of each cannot tell whether transfer",
  );
});

test("a model without a pretrained base is compared with its baseline", () => {
  const against = { kind: "worse", gain: -0.05, ci95: [-0.08, -0.02], against: "ridge regression" } as const;
  expect(verdictEn.line(verdict(against), "r2", "transfer")).toBe(
    "This model is worse: R² is 0.050 lower than with ridge regression (95 % confidence interval \u22120.080 to \u22120.020).",
  );
  expect(zh({ kind: "better" })).toBe(
    "迁移有帮助：准确率比从头训练高 27.8 个百分点（95 % 置信区间 +0.9 至 +54.7）。",
  );
  expect(zh(against)).toContain("这个模型更差：准确率比岭回归低 5.0 个百分点");
});
