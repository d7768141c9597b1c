// Entities with several seeds, with a budget, and with cached features.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { EngraftEvent } from "../../src/core/events/events.js";
import { resume, train } from "../../src/index.js";
import { columns, taggedSentences, writeTagged } from "../support/entity-data.js";
import { trainWithStepTime } from "../support/manual-clock.js";
import { stopRun } from "../support/stop-run.js";
import { writeTextBase } from "../support/text-base.js";

const folder = mkdtempSync(join(tmpdir(), "engraft-entity-seeds-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (...names: string[]): string => join(folder, ...names);
let data: string;
let base: string;
beforeAll(() => {
  process.env.ENGRAFT_CACHE = at("cache");
  base = writeTextBase(at("base"));
  // A given split: another seed changes the training, not the split.
  const all = taggedSentences(150);
  data = writeTagged(at("data"), all.slice(0, 80), all.slice(100));
  writeFileSync(at("data", "valid.txt"), columns(all.slice(80, 100)));
});
const common = { task: "token-classification", cache: false, threads: 1 } as const;

test("each repeat equals a single run with that seed, and the verdict uses all of them", {
  tags: ["thorough"],
}, async () => {
  const events: EngraftEvent[] = [];
  const options = { ...common, base, epochs: 1, baselines: true, scratchSteps: 12 } as const;
  const run = await train(data, {
    ...options,
    out: at("three"),
    seeds: 3,
    onEvent: (event) => events.push(event),
  });
  const by = run.by_seed!;
  expect(by.runs.map(({ seed }) => seed)).toEqual([0, 1, 2]);
  expect(by.runs[0]).toEqual({ seed: 0, f1: run.test.f1, scratch: run.baselines.scratch!.test.f1 });
  for (const { seed, f1, scratch } of by.runs.slice(1)) {
    const single = await train(data, { ...options, out: at(`alone-${seed}`), seed, seeds: 1 });
    expect([f1, scratch]).toEqual([single.test.f1, single.baselines.scratch!.test.f1]);
  }
  const mean = (values: readonly number[]) => values.reduce((sum, v) => sum + v, 0) / values.length;
  expect(by.f1.mean).toBeCloseTo(mean(by.runs.map(({ f1 }) => f1)), 12);
  expect(run.verdict).toMatchObject({ seeds: 3, items: run.test.sentences });
  expect(run.verdict!.gain).toBeCloseTo(by.f1.mean - by.scratch!.mean, 12);
  expect(events.filter(({ event }) => event === "seed")).toMatchObject([
    { number: 1, of: 3, f1: run.test.f1 },
    { number: 2, of: 3 },
    { number: 3, of: 3 },
  ]);
  expect(events.find(({ event }) => event === "forecast")).toMatchObject({
    words: expect.stringContaining("other seeds and baselines "),
  });
  const page = readFileSync(at("three", "report.html"), "utf8");
  expect(page).toContain("By seed");
  expect(page).not.toContain("one run of one seed");
  expect(page).not.toMatch(/NaN|undefined/);
});

test("a run that is stopped between two seeds has a model, and resumes to the same result", {
  tags: ["thorough"],
}, async () => {
  const options = { ...common, base, epochs: 1, seeds: 2 } as const;
  await stopRun(
    (how) => train(data, { ...options, out: at("stopped"), ...how }),
    (e) => e.event === "seed" && e.number === 1,
  );
  expect(existsSync(at("stopped", "model", "onnx", "model.onnx"))).toBe(true);
  const resumed = await resume(at("stopped"), { threads: 1 });
  const whole = await train(data, { ...options, out: at("whole") });
  expect(resumed.task === "token-classification" && resumed.by_seed?.runs).toEqual(whole.by_seed!.runs);
});

test("with a budget the schedule ends on time, and the forecast is the budget", {
  tags: ["thorough"],
}, async () => {
  const events: EngraftEvent[] = [];
  // Enough sentences that steps take most of an epoch's time, not files.
  const many = writeTagged(at("many"), taggedSentences(1500));
  // Steps of 8 ms: without the two seconds for the model and its report, 8 s are 750 steps.
  const run = await trainWithStepTime(8)(many, {
    ...common,
    base,
    batchSize: 8,
    budget: 8,
    out: at("budget"),
    onEvent: (event) => events.push(event),
  });
  expect(run.forecast.seconds).toBe(8);
  expect(run.seconds.total).toBeGreaterThan(5);
  expect(run.seconds.total).toBeLessThanOrEqual(8);
  // The budget decides the length. Without one, this number of sentences gets 5 epochs.
  expect(run.epochs).toBeGreaterThan(5);
  const rates = events.flatMap((e) => (e.event === "epoch" ? [e] : []));
  expect(rates.length).toBe(run.epochs);
  expect(run.test.f1).toBeGreaterThan(0.9);
});

test("features of words are computed once: a second run reads them and gives the same bits", {
  tags: ["thorough"],
}, async () => {
  const computed = async (out: string, more: object = {}) => {
    let done = 0;
    const run = await train(data, {
      ...common,
      base,
      strategy: "probe",
      cache: true,
      out: at(out),
      onEvent: (e) => {
        if (e.event === "progress" && e.phase === "features") done++;
      },
      ...more,
    });
    return { done, run, bytes: readFileSync(join(run.model, "onnx", "model.onnx")) };
  };
  const without = await computed("without", { cache: false });
  const first = await computed("first");
  const second = await computed("second");
  expect(first.done).toBeGreaterThan(0);
  expect(second.done).toBe(0);
  expect(first.bytes.equals(without.bytes)).toBe(true);
  expect(second.bytes.equals(without.bytes)).toBe(true);
  expect(second.run.test).toEqual(without.run.test);
});

test("options that exclude several seeds are refused", async () => {
  await expect(train(data, { ...common, base, seeds: 2, budget: 60 })).rejects.toMatchObject({
    kind: "OptionError",
    message: "seeds 2 cannot be used with a budget",
    help: "a budget is for one training: give --epochs instead, or leave --seeds out",
  });
});
