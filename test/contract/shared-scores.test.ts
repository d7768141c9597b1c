// A task from outside that is scored by mIoU: its result, seeds, comparison, curve and pages have the score under its name.
// @module-tag thorough
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { report } from "../../src/api/report.js";
import { trainOn } from "../../src/api/train.js";
import { withTasks } from "../../src/api/with-tasks.js";
import type { CustomResultEvent, EngraftEvent } from "../../src/core/events/events.js";
import { draws } from "../../src/core/random.js";
import { cardProblems, readCard } from "../../src/report/cards/front-matter.js";
import { openMachine } from "../../src/run/machine.js";
import { compareOn } from "../../src/studies/compare/compare.js";
import { learningCurveOn } from "../../src/studies/curve/curve.js";
import { reportRuns } from "../../src/studies/side-by-side/report-runs.js";
import { defineTask } from "../../src/tasks/custom/define-task.js";
import type { TaskMachine } from "../../src/tasks/registry.js";
import { englishLeft } from "../support/english-left.js";
import { channels, levels, sensorParts, time } from "./sensor-task.js";

/** The levels as bars from 0: the IoU of a predicted and a true bar is the ratio of their lengths. */
const bars = defineTask({
  ...sensorParts,
  name: "custom-sensor-bars",
  metric: { metric: "miou", k: 1 },
  sums: (predictions, { label }) => {
    const level = predictions.indexOf(Math.max(...predictions));
    return [(Math.min(level, label) + 1) / (Math.max(level, label) + 1)];
  },
});

const root = mkdtempSync(join(tmpdir(), "engraft-shares-"));
const path = (...parts: string[]): string => join(root, ...parts);
const read = (...parts: string[]): string => readFileSync(path(...parts), "utf8").replaceAll("\u00a0", " ");
const data = path("series.csv");
const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
let machine: TaskMachine;
let result: CustomResultEvent;
const events: EngraftEvent[] = [];

beforeAll(async () => {
  process.env.ENGRAFT_CACHE = path("cache");
  machine = withTasks(await openMachine(), bars);
  const lines = Array.from({ length: 160 }, (_, i) => {
    const draw = draws(1, "bars", i);
    const phase = 6 * draw.uniform();
    const swing = (t: number) => ((i % 3) + 0.5) * Math.sin(t + phase) + 0.3 * draw.normal();
    const values = Array.from({ length: channels * time }, (_, t) => swing(t).toFixed(3));
    return [levels[draw.chance(1 / 10) ? 1 : i % 3], ...values].join(",");
  });
  writeFileSync(data, `${lines.join("\n")}\n`);
  const options = { baselines: true, seeds: 2, threads: 1, out: path("run") };
  const onEvent = (event: EngraftEvent) => events.push(event);
  result = (await trainOn(machine, data, { ...options, onEvent })) as CustomResultEvent;
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

test("result, epochs and seeds have the score under its name, and it is the mean of the shares", () => {
  const { name, value, ci95 } = result.test.metric;
  expect(name).toBe("miou");
  expect(result.test.scores).toMatchObject({ metric: "miou", k: 1 });
  expect(value).toBeCloseTo(mean(result.test.scores.values), 12);
  expect(value).toBeGreaterThan(0.7);
  expect(ci95![0]).toBeLessThan(value);
  expect(result.validation.miou).toBeGreaterThan(0.7);
  const epochs = events.flatMap((event) => (event.event === "epoch" ? [event.validation.metric.name] : []));
  expect(new Set(epochs)).toEqual(new Set(["miou"]));
  const seeds = events.flatMap((event) => (event.event === "seed" ? [event.miou] : []));
  expect(seeds).toHaveLength(2);
  expect(seeds[0]).toBe(value);
  const by = result.by_seed as unknown as { readonly miou: { readonly mean: number } };
  expect(by.miou.mean).toBeCloseTo(mean(seeds as number[]), 12);
  expect(result.verdict?.words).toMatch(/of mIoU/);
});

test("report and card write it as a number, in English and Chinese", async () => {
  const score = result.test.metric.value.toFixed(3);
  expect(read("run/report.html")).toContain(`<p class="figure">${score}</p>`);
  expect(read("run/report.html")).toContain(">mIoU</a>");
  await report(path("run"), { lang: "zh", out: path("zh.html") });
  const names =
    "series csv low middle high line full scratch engraft node onnxruntime-node decoder sharp libvips";
  expect(englishLeft(read("zh.html"), `${names} run model`)).toEqual([]);
  const { fields, body } = readCard(read("run/model/README.md"), "README.md");
  expect(cardProblems(fields)).toEqual([]);
  expect(fields).toMatchObject({ metrics: ["mean_iou"] });
  expect(body).toContain("|  | mIoU | 95 % interval |");
  expect(body).toContain(` | ${score} | 0.`);
});

test("compare and a page of several runs pair it sample by sample", async () => {
  const trained: EngraftEvent[] = [];
  const { metric, rows, winner } = await compareOn(machine, data, {
    ...{ strategies: ["full", "full:patience=1"], seeds: 2, epochs: 2, threads: 1, out: path("comparison") },
    onEvent: (event) => trained.push(event),
  });
  expect(metric).toBe("miou");
  const scores = trained.flatMap((event) => (event.event === "run" && event.state === "done" ? [event] : []));
  expect(scores).toHaveLength(4);
  for (const { test_miou: test, validation_miou: validation, test_accuracy } of scores)
    expect([test! > 0 && test! < 1, validation! > 0, test_accuracy]).toEqual([true, true, undefined]);
  for (const { label, miou, accuracy } of rows) {
    const own = scores.filter((one) => one.label === label).map(({ test_miou }) => test_miou!);
    expect(miou!.mean).toBeCloseTo(mean(own), 8);
    expect(accuracy).toBeNull();
  }
  expect(winner!.words).toContain("validation mIoU");
  const runs = [path("comparison/runs/full-seed-0"), path("comparison/runs/full-patience-1-seed-0")];
  const beside = await reportRuns(runs, { out: path("beside.html") });
  expect(beside).toMatchObject({
    metric: "miou",
    runs: [{ test: { name: "miou" } }, { test: { name: "miou" } }],
  });
  expect(read("beside.html")).toContain("test mIoU");
});

test("a learning curve has it at each size", async () => {
  const initFrom = path("run/model/onnx/model.onnx");
  const options = { sizes: [20, 60], seeds: 1, epochs: 4, scratchSteps: 20, threads: 1, out: path("curve") };
  const curve = await learningCurveOn(machine, data, { ...options, initFrom });
  expect(curve.metric).toBe("miou");
  expect(curve.runs.map(({ transfer }) => transfer)).toEqual(
    curve.sizes.map(({ transfer }) => transfer.mean),
  );
  expect(read("curve/report.html")).toMatch(/mIoU by .* series/);
});
