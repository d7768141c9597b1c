// @module-tag thorough
/** Baselines from scratch of a probe, which makes no steps by itself: they have a forecast, and keep to a budget. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { EngraftEvent } from "../../src/core/events/events.js";
import type { TrainOptions } from "../../src/index.js";
import { tinyBase, tinyData } from "../support/fixtures.js";
import { trainWithStepTime } from "../support/manual-clock.js";

const folder = mkdtempSync(join(tmpdir(), "engraft-baselines-"));
const at = (...parts: string[]) => join(folder, ...parts);
let data: string;
let base: string;
beforeAll(async () => {
  data = await tinyData(at("data"), { ant: 40, bee: 40 });
  base = tinyBase(at("base"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Trains a probe with the baseline from scratch; returns its events and the facts of that training. */
async function probed(name: string, more: TrainOptions) {
  const events: EngraftEvent[] = [];
  const run = await trainWithStepTime(10)(data, {
    ...{
      strategy: "probe",
      baselines: true,
      seeds: 1,
      augment: "none",
      cache: false,
      threads: 1,
      batchSize: 8,
    },
    ...{ base, ...more, out: at(name) },
    onEvent: (event) => events.push(event),
  });
  if (run.task !== "image-classification") throw new Error(run.task);
  const forecast = events.find((event) => event.event === "forecast")!;
  return { run, training: run.baselines!.scratch!.training!, forecast };
}

/** The seconds that the forecast of a probe says; the run ends there. */
async function forecastSeconds(scratchSteps: number): Promise<number> {
  const stop = new AbortController();
  let seconds = 0;
  const onEvent = (event: EngraftEvent): void => {
    if (event.event !== "forecast") return;
    seconds = event.seconds;
    stop.abort();
  };
  const run = trainWithStepTime(2)(data, {
    ...{ base, strategy: "probe", baselines: true, seeds: 1, scratchSteps, cache: false, threads: 1 },
    ...{ out: at(`forecast ${scratchSteps}`), onEvent, signal: stop.signal },
  });
  await expect(run).rejects.toThrow();
  return seconds;
}

test("its forecast counts the steps from scratch", async () => {
  const { run, training, forecast } = await probed("whole", { scratchSteps: 20 });
  expect(training.limit).toBe(20);
  expect(training).not.toHaveProperty("at_transfer");
  expect(run.verdict!.effort).toEqual({ scratch: { steps: training.steps, seconds: training.seconds } });
  expect(forecast.words).toMatch(/features .*, baseline from scratch .* \(may stop early\)/);
});

test("its forecast grows with the steps from scratch", async () => {
  const [many, few] = [await forecastSeconds(1_000_000), await forecastSeconds(20)];
  // A million steps of 2 ms, and those that choose their learning rate.
  expect(many - few).toBeGreaterThan(1999);
  expect(many - few).toBeLessThan(3000);
});

test("a budget includes them, and the result has their number of steps", async () => {
  const { run, training, forecast } = await probed("budget", { epochs: 5000, budget: 4 });
  expect(forecast.seconds).toBe(4);
  expect(forecast.words).toContain(" (the budget)");
  expect(forecast.words).toContain("the rest is baseline from scratch (steps of ");
  expect(run.seconds.total).toBeLessThanOrEqual(4);
  expect(training.steps).toBeLessThanOrEqual(400);
});

test("a probe without baselines does not fill a budget", async () => {
  const events: EngraftEvent[] = [];
  const onEvent = (event: EngraftEvent) => void events.push(event);
  await trainWithStepTime(2)(data, {
    ...{ base, strategy: "probe", budget: 600, cache: false, threads: 1, out: at("alone"), onEvent },
  });
  const forecast = events.find((event) => event.event === "forecast")!;
  expect(forecast.seconds).toBeLessThan(60);
  expect(forecast.words).not.toContain("budget");
});
