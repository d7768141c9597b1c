// Everything that runs a task runs one that the product does not have: test/contract/sensor-task.ts defines it.
// @module-tag thorough
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { evaluateOn } from "../../src/api/evaluate.js";
import { explainOn } from "../../src/api/explain.js";
import { load, loadOn } from "../../src/api/load.js";
import { report } from "../../src/api/report.js";
import { resumeTraining, resumeTrainingOn } from "../../src/api/resume-training.js";
import { trainOn } from "../../src/api/train.js";
import { withTasks } from "../../src/api/with-tasks.js";
import { detailLines } from "../../src/cli/render/render-sheet.js";
import type { CustomResultEvent, EngraftEvent, OnEvent } from "../../src/core/events/events.js";
import { draws } from "../../src/core/random.js";
import type { Explanation } from "../../src/core/results/explanation.js";
import type { TrainOptions } from "../../src/options/options.js";
import { cardProblems, readCard } from "../../src/report/cards/front-matter.js";
import { openMachine } from "../../src/run/machine.js";
import { compareOn } from "../../src/studies/compare/compare.js";
import { learningCurveOn } from "../../src/studies/curve/curve.js";
import { reportRuns } from "../../src/studies/side-by-side/report-runs.js";
import type { CustomModel } from "../../src/tasks/custom/custom-model.js";
import { customSheet } from "../../src/tasks/custom/custom-sheet.js";
import type { TaskMachine } from "../../src/tasks/registry.js";
import type { AnySheet } from "../../src/tasks/sheets.js";
import { englishLeft } from "../support/english-left.js";
import { manualClock, withStepTime } from "../support/manual-clock.js";
import { channels, levels, sensors, time } from "./sensor-task.js";

const root = mkdtempSync(join(tmpdir(), "engraft-contract-"));
const path = (...parts: string[]): string => join(root, ...parts);
const data = path("series.csv");
const task = sensors.name;
let machine: TaskMachine;
/** A run that nobody disturbed, with its events. */
let undisturbed: CustomResultEvent;
const events: EngraftEvent[] = [];

/** The level is how strongly both channels swing; one of twelve answers is off by one. */
function writeSeries(file: string, seed: number): void {
  const lines = Array.from({ length: 240 }, (_, i) => {
    const draw = draws(seed, "series", i);
    const phase = 6 * draw.uniform();
    const values = Array.from(
      { length: channels * time },
      (_, t) => ((i % 3) + 0.5) * Math.sin(t + phase) + 0.3 * draw.normal(),
    );
    const level = draw.chance(1 / 12) ? 1 : i % 3;
    return [levels[level], ...values.map((v) => v.toFixed(3))].join(",");
  });
  writeFileSync(file, `${lines.join("\n")}\n`);
}

const begin = async (out: string, options: TrainOptions = {}): Promise<CustomResultEvent> =>
  (await trainOn(machine, data, { threads: 1, out: path(out), ...options })) as CustomResultEvent;
const goOn = async (run: string, onEvent: OnEvent = () => undefined): Promise<CustomResultEvent> =>
  (await resumeTrainingOn(machine, path(run), { onEvent })) as CustomResultEvent;

const read = (...parts: string[]): string => readFileSync(path(...parts), "utf8");
const modelOf = (run: string): Buffer => readFileSync(path(run, "model/onnx/model.onnx"));
/** Lines of the data that are in the test split: one of four. */
const testSeries = () =>
  readFileSync(data, "utf8")
    .trim()
    .split("\n")
    .filter((_, i) => i % 4 === 3)
    .map((line) => {
      const [level, ...values] = line.split(",");
      return { level, values: values.map(Number) };
    });
/** Results without times, memory and places. */
const lasting = ({ test, validation, baselines, verdict, epochs, best_epoch, by_seed }: CustomResultEvent) =>
  JSON.parse(
    JSON.stringify({ test, validation, baselines, verdict, epochs, best_epoch, by_seed }, (key, value) =>
      key === "seconds" || key === "words" ? undefined : value,
    ),
  );

beforeAll(async () => {
  process.env.ENGRAFT_CACHE = path("cache");
  machine = withTasks(await openMachine(), sensors);
  writeSeries(data, 1);
  const how = { baselines: true, seeds: 2, explain: true, onEvent: (e: EngraftEvent) => events.push(e) };
  undisturbed = await begin("undisturbed", how);
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

test("a task of at most 150 lines, besides its imports, is recognized, trained, and learns", () => {
  const source = readFileSync(new URL("sensor-task.ts", import.meta.url), "utf8");
  const lines = source.split("\n").slice(0, -1);
  expect(lines.filter((line) => !line.startsWith("import ")).length).toBeLessThanOrEqual(150);
  expect(undisturbed.task).toBe(task);
  expect(undisturbed.test.n).toBe(60);
  const { value, ci95 } = undisturbed.test.metric;
  expect(value).toBeGreaterThan(0.7);
  expect(ci95![0]).toBeLessThan(value);
  expect(ci95![1]).toBeGreaterThan(value);
  const kinds = new Set(events.map(({ event }) => event));
  expect([...kinds]).toEqual(
    expect.arrayContaining(["start", "data", "trainable", "forecast", "epoch", "seed", "result"]),
  );
});

const mostFrequent = "always the most frequent class";
test("a verdict compares the network with the baseline, over all seeds", () => {
  const { verdict, by_seed, baselines } = undisturbed;
  expect(Object.keys(baselines ?? {})).toEqual(["majority"]);
  expect(verdict).toMatchObject({
    against: mostFrequent,
    seeds: 2,
    transfer: "inconclusive",
  });
  expect(verdict?.gain).toBeGreaterThan(0.2);
  expect(by_seed?.runs.map(({ seed }) => seed)).toEqual([0, 1]);
});

test("a run that is stopped, and one that is killed, end with the bits of one that nobody disturbed", async () => {
  const stop = new AbortController();
  let copied = false;
  const stopped = begin("stopped", {
    ...{ task, baselines: true, seeds: 2, checkpointSeconds: 0, signal: stop.signal },
    onEvent: (event) => {
      // What lies on the disk at a checkpoint is what a killed process leaves.
      if (event.event === "checkpoint" && !copied) {
        cpSync(path("stopped"), path("killed"), { recursive: true });
        copied = true;
      }
      if (event.event === "epoch" && event.epoch === 4) stop.abort();
    },
  });
  await expect(stopped).rejects.toMatchObject({ kind: "Interrupted" });
  for (const run of ["stopped", "killed"]) {
    const result = await goOn(run);
    expect(modelOf(run).equals(modelOf("undisturbed")), run).toBe(true);
    expect(lasting(result), run).toEqual(lasting(undisturbed));
  }
  expect(lasting(await goOn("killed"))).toEqual(lasting(undisturbed));
});

test("load opens its model, and predict answers as the run and eval score it", async () => {
  const model = (await loadOn(machine, path("undisturbed"), { threads: 1 })) as CustomModel;
  const series = testSeries();
  const predicted = await model.predict(series);
  await expect(model.predict([{ values: [1] }])).rejects.toThrow("a series has 24 values");
  await model.close();
  const right = predicted.map(([best], i) => Number(best!.label === series[i]!.level));
  expect(right).toEqual(undisturbed.test.scores.values);
  for (const answers of predicted)
    expect(answers.reduce((sum, { score }) => sum + score, 0)).toBeLessThanOrEqual(1 + 1e-6);
  const scored = await evaluateOn(machine, path("undisturbed"), data, { threads: 1 });
  expect(scored).toMatchObject({
    ...{ task, test: undisturbed.test, left_out: 180 },
    scored:
      "the 60 series of the model's own test part; 180 others left out (180 of them the model was trained or chosen on)",
  });
});

test("explain hides parts of a series, and SHAP values sum up to the prediction", async () => {
  const all: Explanation[] = [];
  for await (const one of explainOn(machine, path("undisturbed"), testSeries().slice(0, 2), { threads: 1 }))
    all.push(one);
  expect(all).toHaveLength(2);
  for (const { base_value, class_score, columns, shap, label, class: explained } of all) {
    expect(levels).toContain(label);
    expect(explained).toBe(label);
    expect(columns).toHaveLength(8);
    expect(shap).toMatchObject({ exact: true, evaluations: 2 ** 8 });
    const sum = columns!.reduce((total, { weight }) => total + weight, base_value!);
    expect(sum).toBeCloseTo(class_score, 6);
  }
  const refused = explainOn(machine, path("undisturbed"), testSeries(), { method: "ig", threads: 1 });
  await expect(refused.next()).rejects.toThrow(`the method ig is not for ${task}`);
});

test("the report is written in English and Chinese, with explanations, and nothing is left untranslated", async () => {
  const english = read("undisturbed/report.html");
  for (const part of ["levels of sensor series", mostFrequent, "By seed", "channel 1"])
    expect(english).toContain(part);
  await report(path("undisturbed"), { lang: "zh", out: path("zh.html") });
  const chinese = read("zh.html");
  for (const part of ["传感器序列的等级", "总是回答最常见的类别", "各随机种子"])
    expect(chinese).toContain(part);
  const names = "series csv low middle high line full scratch channel steps to Shapley Lundberg Lee";
  const versions = "engraft node onnxruntime-node decoder sharp libvips undisturbed model";
  expect(englishLeft(chinese, `${names} ${versions}`)).toEqual([]);
});

test("a table of the task stands on screen, page and card, and its chart on the page, in both languages", async () => {
  const [table] = undisturbed.test.details!.tables!;
  const [low] = table!.rows as readonly (readonly [string, number, number])[];
  const share = (100 * low![2]).toFixed(1);
  const screen = detailLines(customSheet as AnySheet, undisturbed.test, undisturbed).join("\n");
  expect(screen).toMatch(new RegExp(`low +${low![1]} +${share} %`));
  const card = read("undisturbed/model/README.md");
  expect(card).toMatch(new RegExp(`\\| low \\| ${low![1]} \\| ${share}\\s%`));
  const words = {
    en: ["Series by level", "How often each level occurs", "share of series by level", "predicted"],
    zh: ["按等级划分的序列", "每个等级出现的频率", "各等级的序列占比", "预测"],
  };
  for (const lang of ["en", "zh"] as const) {
    await report(path("undisturbed"), { lang, out: path(`details-${lang}.html`) });
    const page = read(`details-${lang}.html`);
    for (const part of [...words[lang], `${share}\u00a0%`, "<svg"]) expect(page).toContain(part);
  }
});

test("the model card names task, scores and verdict, and its front matter is valid", () => {
  const { fields, body } = readCard(read("undisturbed/model/README.md"), "README.md");
  expect(cardProblems(fields)).toEqual([]);
  expect(fields).toMatchObject({ metrics: ["accuracy"], tags: expect.arrayContaining([task]) });
  expect(body).toContain("levels of sensor series");
  expect(body).toContain("like those of the test part; the scores above are of the first of 2 seeds;");
  expect(body).toContain("| always the most frequent class |");
});

test("a run that starts from another one's weights is compared with training from scratch, and --safe chooses", async () => {
  const initFrom = path("undisturbed/model/onnx/model.onnx");
  const result = await begin("safe", { initFrom, safe: true, scratchSteps: 60, epochs: 3 });
  expect(Object.keys(result.baselines ?? {})).toEqual(["majority", "scratch"]);
  expect(result.safe?.words).toMatch(/^Kept: (transfer|from scratch)[,.] .* validation series/);
  expect(result.verdict).toMatchObject({ seeds: 1 });
});

test("compare trains two strategies with two seeds, and a report sets two runs side by side", async () => {
  const options = { strategies: ["full", "full:patience=1"], seeds: 2, epochs: 2, threads: 1 };
  const { rows, winner, metric, classes, base } = await compareOn(machine, data, {
    ...options,
    out: path("comparison"),
  });
  expect({ metric, classes, base: base.name }).toEqual({
    metric: "accuracy",
    classes: levels,
    base: "none: random weights",
  });
  expect(rows.map(({ label, seeds }) => [label, seeds.length])).toEqual(
    expect.arrayContaining([
      ["full", 2],
      ["full:patience=1", 2],
    ]),
  );
  expect(rows[0]!.accuracy!.mean).toBeGreaterThan(0.3);
  expect(winner?.label).toBe(rows[0]!.label);
  for (const lang of ["en", "zh"] as const) {
    const { report: page } = await report(path("comparison"), { lang, out: path(`comparison-${lang}.html`) });
    expect(readFileSync(page, "utf8")).toContain("full:patience=1");
  }
  const runs = [path("comparison/runs/full-seed-0"), path("comparison/runs/full-patience-1-seed-0")];
  const beside = await reportRuns(runs, { out: path("beside.html") });
  expect(beside).toMatchObject({ learns: task, metric: "accuracy" });
});

test("a learning curve measures sizes with transfer and from scratch", async () => {
  const initFrom = path("undisturbed/model/onnx/model.onnx");
  const options = { sizes: [30, 90], seeds: 2, epochs: 10, scratchSteps: 40, threads: 1 };
  const result = await learningCurveOn(machine, data, { ...options, initFrom, out: path("curve") });
  expect(result).toMatchObject({ unit: "series", metric: "accuracy", classes: levels, test_items: 60 });
  expect(result.sizes.map(({ size }) => size)).toEqual([30, 90]);
  const [few, all] = result.sizes;
  expect(all!.transfer.mean).toBeGreaterThan(few!.transfer.mean);
  await report(path("curve"), { lang: "zh", out: path("curve-zh.html") });
  expect(englishLeft(read("curve-zh.html"), "series csv full scratch onnx model low middle high")).toEqual(
    [],
  );
  await expect(learningCurveOn(machine, data, { threads: 1 })).rejects.toMatchObject({
    kind: "OptionError",
    details: { task },
  });
});

test("a budget decides the length of the training", async () => {
  const clock = manualClock();
  const openRuntime: typeof machine.openRuntime = async (request) =>
    withStepTime(await machine.openRuntime(request), clock, 20);
  const options = { budget: 6, epochs: 5000, threads: 1, out: path("budget") };
  const result = await trainOn({ ...machine, openRuntime }, data, options);
  expect((result as CustomResultEvent).epochs).toBeGreaterThan(0);
  expect(result.seconds.total).toBeLessThanOrEqual(6);
});

test("what the task cannot do is refused with its name, and a machine that does not know the task says so", async () => {
  await expect(begin("refused", { base: "vision-open" })).rejects.toMatchObject({
    details: { option: "base", needs: "base" },
  });
  const unknown = `the task "${task}" is defined outside of Engraft`;
  await expect(load(path("undisturbed"))).rejects.toThrow(unknown);
  await expect(resumeTraining(path("undisturbed"))).rejects.toThrow(unknown);
});
