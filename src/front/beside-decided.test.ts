import { expect, test } from "vitest";
import type { TrainingPlan } from "../methods/plan.js";
import { besideOf } from "./beside.js";
import { besideInTime, mostSecondsBeside } from "./beside-decided.js";

const [short, long, again] = ["short", "long", "again"].map((words) => ({ words }) as TrainingPlan);
const scratch = [short!, long!];
const shapes = (all: ReturnType<typeof besideOf>) =>
  all.map(({ baselines, seeds, plans }) => [baselines, seeds, plans.map(({ words }) => words).join(" ")]);

test("what stands beside a run: one thing that was asked for, or the most that may fit first", () => {
  expect(shapes(besideOf({}, scratch, again))).toEqual([[false, 1, ""]]);
  expect(shapes(besideOf({ seeds: 3 }, scratch, again))).toEqual([[false, 3, "again again"]]);
  expect(shapes(besideOf({ baselines: true, seeds: 2 }, scratch, again))).toEqual([
    [true, 2, "short long short long again"],
  ]);
  expect(shapes(besideOf({ baselines: "auto" }, scratch, again))).toEqual([
    [true, 3, "short long short long short long again again"],
    [true, 1, "short long"],
    [false, 1, ""],
  ]);
  // Seeds that were asked for are made in any case; a head that is solved is the same with each of them.
  expect(shapes(besideOf({ baselines: "auto", seeds: 2 }, scratch))).toEqual([
    [true, 2, "short long short long"],
    [false, 2, ""],
  ]);
  // A budget is for one training.
  expect(shapes(besideOf({ baselines: "auto", budget: 60 }, scratch, again))).toEqual([
    [true, 1, "short long"],
    [false, 1, ""],
  ]);
  expect(shapes(besideOf({ baselines: "auto" }, [], again))).toEqual([[false, 1, ""]]);
});

/** Forecasts of three seeds, of one, and of the run alone, in seconds; fewer are the last of them. */
const forecasts = (...planned: number[]) => {
  const all = besideOf({ baselines: "auto" }, scratch, again).slice(-planned.length);
  return planned.map((planned, i) => ({
    beside: all[i]!,
    event: { event: "forecast", seconds: planned, peak_rss_mb: 100, words: `about ${planned} s` } as const,
    planned,
  }));
};
const decided = (...given: Parameters<typeof besideInTime>) => {
  const { beside, event } = besideInTime(...given);
  return { baselines: beside.baselines, seeds: beside.seeds, words: event.words };
};

test("without a budget what stands beside a run may take two minutes, however long the run is", () => {
  const [most, above] = [mostSecondsBeside, mostSecondsBeside + 1];
  expect(decided(forecasts(600 + most, 610, 600))).toMatchObject({ baselines: true, seeds: 3 });
  expect(decided(forecasts(600 + above, 600 + most, 600))).toMatchObject({ baselines: true, seeds: 1 });
  expect(decided(forecasts(600 + 2 * above, 600 + above, 600))).toEqual({
    ...{ baselines: false, seeds: 1 },
    words: "about 600 s; no run from scratch beside it, which would take about 2 min 1 s (--baselines)",
  });
});

test("a budget holds all of it", () => {
  expect(decided(forecasts(300, 60), 300)).toMatchObject({ baselines: true, seeds: 1 });
  expect(decided(forecasts(301, 60), 300)).toEqual({
    ...{ baselines: false, seeds: 1 },
    words: "about 60 s; no run from scratch beside it, which would take about 4 min 1 s more (--baselines)",
  });
});
