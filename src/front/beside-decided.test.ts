import { expect, test } from "vitest";
import type { TrainingPlan } from "../methods/plan.js";
import { type Beside, besideOf } from "./beside.js";
import { besideInTime, mostSecondsBeside } from "./beside-decided.js";
import type { ScratchTraining } from "./scratch-training.js";

const again = { words: "again" } as TrainingPlan;
/** One rate: no pilots. An epoch is a step of 1 sample. */
const scratch: ScratchTraining = {
  ...{ steps: 1500, fewest: 300, rates: [1], usual: 1, examples: 1 },
  planAt: (_rate, steps) =>
    ({
      batch: 1,
      batchNorm: "frozen",
      epochs: steps,
      plateau: { steps, patience: 2 },
      words: `${steps}`,
    }) as TrainingPlan,
};
const shapes = (all: readonly Beside[]) =>
  all.map(({ baselines, seeds, plans }) => [baselines, seeds, plans.map(({ words }) => words).join(" ")]);

test("what stands beside a run: one thing that was asked for, or the most that may fit first", () => {
  expect(shapes(besideOf({}, scratch, again))).toEqual([[false, 1, ""]]);
  expect(shapes(besideOf({ seeds: 3 }, scratch, again))).toEqual([[false, 3, "again again"]]);
  expect(shapes(besideOf({ baselines: true, seeds: 2 }, scratch, again))).toEqual([
    [true, 2, "1500 1500 again"],
  ]);
  expect(shapes(besideOf({ baselines: true, scratchSteps: 50 }, scratch, again))).toEqual([[true, 1, "50"]]);
  expect(shapes(besideOf({ baselines: "auto" }, scratch, again))).toEqual([
    [true, 3, "1500 1500 1500 again again"],
    [true, 1, "1500"],
    [false, 1, ""],
  ]);
  // Seeds that were asked for are made in any case; a head that is solved is the same with each of them.
  expect(shapes(besideOf({ baselines: "auto", seeds: 2 }, scratch))).toEqual([
    [true, 2, "1500 1500"],
    [false, 2, ""],
  ]);
  // A budget is for one training.
  expect(shapes(besideOf({ baselines: "auto", budget: 60 }, scratch, again))).toEqual([
    [true, 1, "1500"],
    [false, 1, ""],
  ]);
  expect(shapes(besideOf({ baselines: "auto" }, undefined, again))).toEqual([[false, 1, ""]]);
});

/** Decided with a run of so many seconds, and so many for a step from scratch; repeats cost nothing. */
function decided(
  alone: number,
  perStep: number,
  budget?: number,
  more: { readonly scratchSteps?: number } = {},
) {
  const all = besideOf({ baselines: "auto", ...(budget && { budget }), ...more }, scratch, again);
  const { beside, event } = besideInTime(
    all,
    (beside) => {
      const steps = beside.plans.reduce((n, { plateau }) => n + (plateau?.steps ?? 0), 0);
      const planned = alone + perStep * steps;
      const words = `about ${planned} s`;
      return { beside, event: { event: "forecast", seconds: planned, peak_rss_mb: 100, words }, planned };
    },
    budget,
  );
  return { baselines: beside.baselines, seeds: beside.seeds, steps: beside.scratchSteps, words: event.words };
}

test("without a budget what stands beside a run may take two minutes, however long the run is", () => {
  expect(mostSecondsBeside).toBe(120);
  // 4500 steps of three seeds in 120 s.
  expect(decided(600, 120 / 4500)).toMatchObject({ baselines: true, seeds: 3, steps: 1500 });
  expect(decided(600, 120 / 4499)).toMatchObject({ baselines: true, seeds: 1, steps: 1500 });
  // As many steps as fit: 120 s / 0.1 s. At least 300.
  expect(decided(600, 0.1)).toMatchObject({ baselines: true, seeds: 1, steps: 1200 });
  expect(decided(600, 0.4)).toMatchObject({ baselines: true, seeds: 1, steps: 300 });
  expect(decided(600, 0.5)).toEqual({
    ...{ baselines: false, seeds: 1, steps: undefined },
    words: "about 600 s; no run from scratch beside it, which would take about 2 min 30 s (--baselines)",
  });
});

test("steps that were asked for are not made fewer", () => {
  expect(decided(600, 0.1, undefined, { scratchSteps: 400 })).toMatchObject({ seeds: 3, steps: 400 });
  expect(decided(600, 0.1, undefined, { scratchSteps: 1300 })).toMatchObject({ baselines: false });
});

test("a budget holds all of it", () => {
  expect(decided(60, 0.16, 300)).toMatchObject({ baselines: true, seeds: 1, steps: 1500 });
  expect(decided(60, 0.3, 300)).toMatchObject({ baselines: true, seeds: 1, steps: 800 });
  expect(decided(60, 1, 300)).toEqual({
    ...{ baselines: false, seeds: 1, steps: undefined },
    words: "about 60 s; no run from scratch beside it, which would take about 5 min 0 s more (--baselines)",
  });
});
