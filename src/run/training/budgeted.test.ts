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

test("a run whose head is solved makes no step if its validations alone take what is left", () => {
  const context = {
    options: { budget: 102, baselines: "quick" },
    dataset: {
      items: [..."aaaaaaaabbbbbcc"].map((part) => ({
        part: { a: "train", b: "validation", c: "test" }[part],
      })),
    },
  } as unknown as Context;
  const stepsWith = (secondsPerScored: number, fewest?: 0): number => {
    const expected = { secondsPerStep: 1, secondsPerScored, secondsPerSolve: 0, secondsOfBaselines: 0 };
    const timed = {
      begin: performance.now(),
      expected: expected as Expected,
      ...(fewest === 0 && { fewest }),
    };
    return budgetOf(context, timed, "trained")!({ batch: 8 } as TrainingPlan, "run").steps;
  };
  // 100 s: 2 test and 5 validation samples for the model, 5 before the first of 4 steps and after each: 32 scored samples.
  expect(stepsWith(2.9, 0)).toBe(4);
  // 17 scored samples and a step are the least.
  expect(stepsWith(5.8, 0)).toBe(1);
  expect(stepsWith(5.9, 0)).toBe(0);
  // A head that was not solved is worth nothing without a step.
  expect(stepsWith(5.9)).toBe(1);
});
