// Several trainings that differ in their seed alone: what each came to, what the verdict takes from them, and what a stop costs.
import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { EngraftEvent, TrainResultEvent } from "../../src/core/events/events.js";
import { openData, resume, train } from "../../src/index.js";
import { tinyFolder } from "../support/tiny-folder.js";

const { path, data, base } = tinyFolder("seeds");
const common = { epochs: 2, augment: "none", threads: 1, cache: false } as const;

test("each seed is the training of that seed on the same split, and the verdict holds all of them", {
  tags: ["thorough"],
}, async () => {
  const events: EngraftEvent[] = [];
  const run = await train(data, {
    ...common,
    base,
    task: "image-classification",
    out: path("three"),
    // Three seeds, since nothing else is said.
    baselines: true,
    scratchSteps: 12,
    onEvent: (event) => events.push(event),
  });
  const { by_seed, verdict, test: scores } = run as Required<TrainResultEvent>;
  expect(by_seed.runs.map(({ seed }) => seed)).toEqual([0, 1, 2]);
  expect(by_seed.runs[0]!.accuracy).toBe(scores.accuracy);
  expect(by_seed.runs[0]!.scratch).toBe(run.baselines!.scratch!.test.accuracy);
  // Alone, on the split of seed 0, which an opened data set keeps.
  const split = await openData(data, { seed: 0 });
  for (const { seed, accuracy, scratch } of by_seed.runs.slice(1)) {
    const own = { out: path(`alone-${seed}`), seed, seeds: 1, baselines: true, scratchSteps: 12 };
    const alone = await train(split, { ...common, base, ...own });
    expect([accuracy, scratch]).toEqual([alone.test.accuracy, alone.baselines!.scratch!.test.accuracy]);
  }
  const mean = (values: number[]) => values.reduce((sum, v) => sum + v, 0) / values.length;
  expect(by_seed.accuracy.mean).toBeCloseTo(mean(by_seed.runs.map((r) => r.accuracy)), 12);
  expect(by_seed.scratch!.mean).toBeCloseTo(mean(by_seed.runs.map((r) => r.scratch!)), 12);
  expect(verdict).toMatchObject({ seeds: 3 });
  expect(verdict.gain).toBeCloseTo(by_seed.accuracy.mean - by_seed.scratch!.mean, 12);
  expect(events.filter(({ event }) => event === "seed")).toHaveLength(3);
  expect(events.find(({ event }) => event === "forecast")).toMatchObject({
    words: expect.stringContaining("other seeds and baselines "),
  });
  expect(readFileSync(path("three", "report.html"), "utf8")).toContain("By seed");
});

test("stopped between two seeds, the run has a model, and is resumed at the next seed", {
  tags: ["thorough"],
}, async () => {
  const controller = new AbortController();
  const options = { ...common, base, out: path("stopped"), seeds: 3, strategy: "full" } as const;
  const onEvent = (event: EngraftEvent): void => {
    if (event.event === "seed" && event.seed === 1) controller.abort();
  };
  await expect(train(data, { ...options, onEvent, signal: controller.signal })).rejects.toMatchObject({
    kind: "Interrupted",
  });
  expect(existsSync(path("stopped", "model", "onnx", "model.onnx"))).toBe(true);
  const before = readFileSync(path("stopped", "model", "onnx", "model.onnx"));
  const gone = (await resume(path("stopped"))) as TrainResultEvent;
  const whole = await train(data, { ...options, out: path("whole") });
  expect(gone.by_seed!.runs).toEqual(whole.by_seed!.runs);
  expect(readFileSync(path("stopped", "model", "onnx", "model.onnx"))).toEqual(before);
});

test("a probe does not depend on the seed: its runs are the same answer, those from scratch are not", {
  tags: ["thorough"],
}, async () => {
  const run = await train(data, {
    ...common,
    base,
    task: "image-classification",
    out: path("probe"),
    strategy: "probe",
    seeds: 2,
    baselines: true,
    scratchSteps: 12,
  });
  const [a, b] = run.by_seed!.runs;
  expect(a!.accuracy).toBe(b!.accuracy);
  expect(run.verdict!.seeds).toBe(2);
});

test("invalid combinations of --seeds are refused by name", async () => {
  await expect(train(data, { base, seeds: 2, budget: 60 })).rejects.toMatchObject({
    details: { seeds: 2, budget: 60 },
  });
  await expect(train(data, { base, seeds: 0 })).rejects.toThrow("seeds is 0");
});
