import { expect, test } from "vitest";
import { manualClock } from "../../../test/support/manual-clock.js";
import type { WorkEvent } from "../../core/events/work-events.js";
import type { RecipeOptions } from "../../options/options.js";
import type { Unrecorded } from "../context.js";
import { headTrials } from "./head-trials.js";
import { secondsOf } from "./phases.js";

/** A run that has just begun, its warnings, and its stored decisions. */
function begun(options: RecipeOptions, state: Record<string, string> = {}) {
  const clock = manualClock();
  const begin = performance.now();
  const warnings: unknown[] = [];
  const progress: number[] = [];
  const run = {
    secondsOfProcess: () => (performance.now() - begin) / 1000,
    readState: async (name: string) => (state[name] === undefined ? undefined : JSON.parse(state[name])),
    writeState: async (name: string, text: string) => {
      state[name] = text;
    },
  };
  const onEvent = (event: WorkEvent): void => {
    if (event.event === "warning") warnings.push(event.sentence);
    if (event.event === "progress") progress.push(event.done);
  };
  const context = { run, options, onEvent } as unknown as Unrecorded;
  return { clock, context, warnings, progress, state };
}

/** Makes parts of one second each, until they are over. */
async function worked({ clock, context }: ReturnType<typeof begun>, total: number, how?: object) {
  const trials = await headTrials(context, total, how);
  let done = 0;
  do {
    clock.advance(1000);
    done++;
  } while (!trials.next());
  await trials.end();
  return done;
}

test("without a budget all parts are done, and nothing is said", async () => {
  const run = begun({ strategy: "probe" });
  expect(await worked(run, 13)).toBe(13);
  expect(run.warnings).toEqual([]);
  expect(run.progress).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13]);
  expect(secondsOf("head", run.context)).toBeUndefined();
});

test("a head that is the model has 80 % of the budget, one that is trained further half of it", async () => {
  expect(await worked(begun({ strategy: "probe", budget: 10 }), 13)).toBe(8);
  expect(await worked(begun({ strategy: "finetune", budget: 10 }), 13)).toBe(5);
});

test("the budget counts what came before the head", async () => {
  const run = begun({ strategy: "probe", budget: 10 });
  run.clock.advance(6500);
  expect(secondsOf("head", run.context)).toBeCloseTo(1.5);
  expect(await worked(run, 13)).toBe(2);
});

test("a few parts are done even without time, and the warning counts them", async () => {
  const run = begun({ strategy: "finetune", budget: 90 });
  run.clock.advance(100_000);
  expect(secondsOf("head", run.context)).toBe(0);
  expect(await worked(run, 205, { unit: "samples", fewest: 16 })).toBe(16);
  const values = { budget: 90, unit: "samples", done: 16, total: 205 };
  expect(run.warnings).toEqual([{ code: "head-cut-by-budget", values }]);
});

test("a resumed run ends the head at the same place, whatever the clock says", async () => {
  const first = begun({ strategy: "finetune", budget: 10 });
  expect(await worked(first, 13)).toBe(5);
  const resumed = begun({ strategy: "finetune", budget: 10 }, first.state);
  resumed.clock.advance(-3000);
  expect(await worked(resumed, 13)).toBe(5);
  const values = { budget: 10, unit: "trials", done: 5, total: 13 };
  expect(resumed.warnings).toEqual([{ code: "head-cut-by-budget", values }]);
});
