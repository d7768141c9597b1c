import { expect, test } from "vitest";
import type { TrainingPlan } from "../../methods/plan.js";
import type { Context } from "../context.js";
import type { Expected } from "../forecast/measure.js";
import { budgetOf } from "./budgeted.js";

test("a budget keeps the time of the baselines that need no training free", () => {
  const context = {
    options: { budget: 102, baselines: "quick" },
    dataset: { items: Array.from({ length: 8 }, () => ({ part: "train" })) },
  } as unknown as Context;
  const stepsWith = (secondsOfBaselines: number): number => {
    const expected = { secondsPerStep: 1, secondsPerScored: 0, secondsPerSolve: 0, secondsOfBaselines };
    const timed = { begin: performance.now(), expected: expected as Expected };
    return budgetOf(context, timed, "trained")!({ batch: 8 } as TrainingPlan, "run").steps;
  };
  // 102 s less 2 s for files and report, a step a second.
  expect(stepsWith(0)).toBe(99);
  expect(stepsWith(30)).toBe(69);
  // The baselines are made also if they take all of it.
  expect(stepsWith(200)).toBe(1);
});
