import { expect, test } from "vitest";
import { exampleVerdict } from "../../../test/support/example-verdict.js";
import type { Verdict } from "../../core/events/events.js";
import { verdictEn } from "./en/verdict.js";
import { verdictZh } from "./zh/verdict.js";

const verdict = (more: Partial<Verdict>): Verdict =>
  exampleVerdict("inconclusive", { gain: 0.278, ci95: [0.009, 0.547], seeds: 3, ...more });
const line = (more: Partial<Verdict>) => verdictEn.line(verdict(more));
const zh = (more: Partial<Verdict>) => verdictZh.line(verdict(more));

test("a verdict is one sentence: the decision and its main number", () => {
  expect(line({ decision: "better" })).toBe(
    "Transfer helped: accuracy is 27.8 points higher than from scratch (95 % confidence interval +0.9 to +54.7).",
  );
  // An open verdict does not call a difference chance whose interval leaves out 0.
  expect(line({ decision: "undecided" })).toBe(
    "Not decided: accuracy is 27.8 points higher than from scratch, but any difference from +0.9 to +54.7 points fits the data (95 % confidence interval).",
  );
  expect(line({ decision: "few groups", ci95: null })).toBe(
    "Not decided: accuracy is 27.8 points higher than from scratch, on test samples of too few groups for a confidence interval.",
  );
  expect(line({ decision: "identical", subject: "teacher" })).toBe(
    "With and without the teacher, the student scores the same on every test sample.",
  );
  expect(line({ decision: "untrained", subject: "teacher" })).toBe(
    "Not decided: no epoch improved on the start, so both are the network before training.",
  );
  expect(line({ decision: "equivalent" })).toContain("within 1.0 points");
  expect(line({ decision: "one training", seeds: 1 })).toContain(
    "one training of each cannot tell whether transfer",
  );
});

test("a model without a pretrained base is compared with its baseline", () => {
  const against: Partial<Verdict> = {
    ...{ decision: "worse", subject: "model", against: "ridge regression", metric: "r2" },
    ...{ gain: -0.05, ci95: [-0.08, -0.02] },
  };
  expect(line(against)).toBe(
    "This model is worse: R² is 0.050 lower than with ridge regression (95 % confidence interval \u22120.080 to \u22120.020).",
  );
  expect(zh({ decision: "better" })).toBe(
    "迁移有帮助：准确率比从头训练高 27.8 个百分点（95 % 置信区间 +0.9 至 +54.7）。",
  );
  expect(zh(against)).toContain("这个模型更差：R² 比岭回归低 0.050");
});
