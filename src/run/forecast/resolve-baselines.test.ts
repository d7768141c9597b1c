import { expect, test } from "vitest";
import { inEnglish, message } from "../../core/messages/message.js";
import type { TrainingPlan } from "../../methods/plan.js";
import type { ScratchTraining } from "../baselines/scratch-training.js";
import { type ExtraTrainings, possibleExtraTrainings } from "./extra-trainings.js";
import { chooseExtraTrainings, maxBaselineSeconds } from "./resolve-baselines.js";

const said = (name: string): TrainingPlan["recipe"] => [message("optimizer", { name })];
const again = { recipe: said("again") } as TrainingPlan;
/** One rate: no pilots. An epoch is a step of 1 sample. */
const scratch: ScratchTraining = {
  ...{ steps: 1500, fewest: 300, rates: [1], usual: 1, examples: 1 },
  planAt: (_rate, steps) =>
    ({
      batch: 1,
      batchNorm: "frozen",
      epochs: steps,
      plateau: { steps, patience: 2 },
      recipe: said(`${steps}`),
    }) as TrainingPlan,
};
const shapes = (all: readonly ExtraTrainings[]) =>
  all.map(({ baselines, seeds, plans }) => [
    baselines,
    seeds,
    plans.map(({ recipe }) => inEnglish(recipe)).join(" "),
  ]);

test("what stands beside a run: one thing that was asked for, or the most that may fit first", () => {
  expect(shapes(possibleExtraTrainings({}, scratch, again))).toEqual([[false, 1, ""]]);
  expect(shapes(possibleExtraTrainings({ seeds: 3 }, scratch, again))).toEqual([[false, 3, "again again"]]);
  expect(shapes(possibleExtraTrainings({ baselines: true, seeds: 2 }, scratch, again))).toEqual([
    [true, 2, "1500 1500 again"],
  ]);
  expect(shapes(possibleExtraTrainings({ baselines: true, scratchSteps: 50 }, scratch, again))).toEqual([
    [true, 1, "50"],
  ]);
  expect(shapes(possibleExtraTrainings({ baselines: "auto" }, scratch, again))).toEqual([
    [true, 3, "1500 1500 1500 again again"],
    [true, 1, "1500"],
    ["quick", 1, ""],
  ]);
  // Requested seeds are trained in any case; a solved head is the same with each of them.
  expect(shapes(possibleExtraTrainings({ baselines: "auto", seeds: 2 }, scratch))).toEqual([
    [true, 2, "1500 1500"],
    ["quick", 2, ""],
  ]);
  // A budget allows one training.
  expect(shapes(possibleExtraTrainings({ baselines: "auto", budget: 60 }, scratch, again))).toEqual([
    [true, 1, "1500"],
    ["quick", 1, ""],
  ]);
  expect(shapes(possibleExtraTrainings({ baselines: "auto" }, undefined, again))).toEqual([["quick", 1, ""]]);
  expect(shapes(possibleExtraTrainings({ baselines: "quick", seeds: 2 }, scratch, again))).toEqual([
    ["quick", 2, "again"],
  ]);
});

/** Decision for a run of `seconds`, and a step from scratch of the given time; repeats cost nothing. */
function decided(
  alone: number,
  perStep: number,
  budget?: number,
  more: { readonly scratchSteps?: number } = {},
) {
  const all = possibleExtraTrainings(
    { baselines: "auto", ...(budget && { budget }), ...more },
    scratch,
    again,
  );
  const { extra, event } = chooseExtraTrainings(
    all,
    (extra) => {
      const steps = extra.plans.reduce((n, { plateau }) => n + (plateau?.steps ?? 0), 0);
      const planned = alone + perStep * steps;
      const words = `about ${planned} s`;
      return { extra, event: { event: "forecast", seconds: planned, peak_rss_mb: 100, words }, planned };
    },
    budget,
  );
  return { baselines: extra.baselines, seeds: extra.seeds, steps: extra.scratchSteps, words: event.words };
}

test("without a budget what stands extra a run may take two minutes, however long the run is", () => {
  expect(maxBaselineSeconds).toBe(120);
  // 4500 steps of three seeds in 120 s.
  expect(decided(600, 120 / 4500)).toMatchObject({ baselines: true, seeds: 3, steps: 1500 });
  expect(decided(600, 120 / 4499)).toMatchObject({ baselines: true, seeds: 1, steps: 1500 });
  // As many steps as fit: 120 s / 0.1 s. At least 300.
  expect(decided(600, 0.1)).toMatchObject({ baselines: true, seeds: 1, steps: 1200 });
  expect(decided(600, 0.4)).toMatchObject({ baselines: true, seeds: 1, steps: 300 });
  expect(decided(600, 0.5)).toEqual({
    ...{ baselines: "quick", seeds: 1, steps: undefined },
    words: "about 600 s; no baseline from scratch, which would take about 2 min 30 s (--baselines)",
  });
});

test("steps that were asked for are not made fewer", () => {
  expect(decided(600, 0.1, undefined, { scratchSteps: 400 })).toMatchObject({ seeds: 3, steps: 400 });
  expect(decided(600, 0.1, undefined, { scratchSteps: 1300 })).toMatchObject({ baselines: "quick" });
});

test("a budget holds all of it", () => {
  expect(decided(60, 0.16, 300)).toMatchObject({ baselines: true, seeds: 1, steps: 1500 });
  expect(decided(60, 0.3, 300)).toMatchObject({ baselines: true, seeds: 1, steps: 800 });
  expect(decided(60, 1, 300)).toEqual({
    ...{ baselines: "quick", seeds: 1, steps: undefined },
    words: "about 60 s; no baseline from scratch, which would take about 5 min 0 s more (--baselines)",
  });
});
