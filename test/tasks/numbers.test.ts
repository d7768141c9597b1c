// Numbers from pictures, and initial weights from another model, through the library, on pictures of one colour.
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { residualNet } from "../../src/bases/architectures/index.js";
import { renderAnyResult } from "../../src/cli/render/render-result.js";
import { adaptInputChannels } from "../../src/graph/surgery/input-channels.js";
import { toOnnx } from "../../src/graph/to-onnx.js";
import { evaluate, loadRegressor, train } from "../../src/index.js";
import { freshWeights } from "../../src/train/initialize.js";
import { errorWith } from "../support/failure.js";
import { tinyBase, tinyData, tinyGraph } from "../support/fixtures.js";
import { trainWithStepTime } from "../support/manual-clock.js";
import { picture } from "../support/pictures.js";

const root = mkdtempSync(join(tmpdir(), "engraft-numbers-"));
const path = (...parts: string[]): string => join(root, ...parts);
const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);
const quick = { threads: 1, cache: false } as const;

beforeAll(async () => {
  process.env.ENGRAFT_CACHE = path("cache");
  tinyBase(path("base"));
  mkdirSync(path("pictures"));
  const lines = ["file,red,dark"];
  for (let i = 0; i < 80; i++) {
    const red = 0.3 + (0.7 * ((i * 37) % 80)) / 80;
    const light = 0.3 + (0.7 * ((i * 53) % 80)) / 80;
    await picture(i)
      .linear([red * light, light, light], [0, 0, 0])
      .png()
      .toFile(path("pictures", `${i}.png`));
    lines.push(`pictures/${i}.png,${(100 * red).toFixed(1)},${(7 - light).toFixed(3)}`);
  }
  writeFileSync(path("tints.csv"), lines.join("\n"));
  await tinyData(path("many"), { ant: 40, bee: 40, cow: 40 });
  await tinyData(path("few"), { bee: 9, cow: 9, "red ant": 9 }, 500);
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

test("several numbers are predicted from pictures in their units, better than by the mean", {
  tags: ["thorough"],
}, async () => {
  const epochs: (number | undefined)[] = [];
  const run = await train(path("tints.csv"), {
    ...quick,
    target: "red,dark",
    task: "image-regression",
    base: path("base"),
    out: path("tints"),
    epochs: 3,
    loss: "huber",
    baselines: true,
    seeds: 2,
    scratchSteps: 12,
    // Otherwise the solved head is the best of these few epochs for every seed.
    option: { keep: "last" },
    onEvent: (e) => {
      if (e.event === "epoch") epochs.push(e.validation.metric.value);
    },
  });
  expect(run.targets.map((t) => t.name)).toEqual(["red", "dark"]);
  expect(run.test.outputs.map((o) => o.name)).toEqual(["red", "dark"]);
  expect(run.test.r2).toBeGreaterThan(0.5);
  expect(run.baselines.mean.test.r2).toBeLessThan(0.05);
  expect(run.baselines.probe!.test.r2).toBeGreaterThan(0.3);
  // The colour is in the pixels, so ridge regression on them works without a base.
  expect(run.baselines.pixel_ridge!.test.r2).toBeGreaterThan(0.5);
  for (const { test: scores } of [run.baselines.pixel_ridge!, run.baselines.mean]) {
    const { k, values } = scores.scores!;
    // Of each output: Σ (y − ŷ)² and Σ (y − ȳ)².
    const perOutput = scores.outputs.map((_, t) => {
      const [square, spread] = [2 * t, 2 * t + 1].map((at) => values.filter((_, i) => i % k === at));
      return 1 - sumOf(square!) / sumOf(spread!.map((value) => value ** 2));
    });
    expect(sumOf(perOutput) / perOutput.length).toBeCloseTo(scores.r2, 6);
  }
  expect(readFileSync(join(run.model, "README.md"), "utf8")).toMatch(/\| always the mean \| [^|]+ \| – \|/);
  const scores = Object.values(run.baselines).map((baseline) => baseline.test.r2);
  const best = run.verdict!.best_baseline!.value;
  expect(scores.some((r2) => Math.abs(r2 - best) < 1e-6)).toBe(true);
  expect(epochs.every((r2) => typeof r2 === "number")).toBe(true);
  const { runs, r2, scratch } = run.by_seed!;
  expect(runs.map(({ seed }) => seed)).toEqual([0, 1]);
  expect(runs[0]!.r2).toBeCloseTo(run.test.r2, 9);
  expect(runs[1]!.r2).not.toBe(runs[0]!.r2);
  expect(r2.mean).toBeCloseTo((runs[0]!.r2 + runs[1]!.r2) / 2, 9);
  expect(scratch!.mean).toBeCloseTo((runs[0]!.scratch! + runs[1]!.scratch!) / 2, 9);
  expect(run.verdict!.seeds).toBe(2);
  expect((await renderAnyResult(run)).join("\n")).toMatch(/seeds +2, R² -?\d\.\d{3}.*from scratch/);
  // Standardised by the training split; means are in the units of the columns.
  expect(run.targets[0]!.mean).toBeGreaterThan(40);
  expect(readFileSync(join(run.run, "report.html"), "utf8")).toContain("<circle");
  const config = JSON.parse(readFileSync(join(run.model, "config.json"), "utf8")) as Record<string, unknown>;
  expect(config.problem_type).toBe("regression");

  const model = await loadRegressor(run.model);
  const [worst] = run.test.worst;
  const answers = await model.predict(path(worst!.item));
  const answer = answers.find((a) => a.target === worst!.output)!;
  expect(answer.value).toBeCloseTo(worst!.predicted, 2);
  await model.close();
  await expect(evaluate(run.model, path("few"))).rejects.toMatchObject({
    kind: "DataError",
    message: '"few" looks like data for image-classification, and the model is for image-regression',
    at: expect.stringContaining(path("few")),
    help: "give data of the same kind as in training",
  });
});

test("a run on numbers keeps to its budget, finds a rate, and trains an adapter", {
  tags: ["thorough"],
}, async () => {
  const events: string[] = [];
  const run = await trainWithStepTime(50)(path("tints.csv"), {
    ...quick,
    task: "image-regression",
    base: path("base"),
    out: path("budget"),
    target: "red",
    strategy: "lora",
    budget: 8,
    lr: "find",
    onEvent: ({ event }) => events.push(event),
  });
  expect(run.seconds.total).toBeLessThanOrEqual(8);
  expect(events).toContain("rate_finder");
  expect(run.rate_found).toBeGreaterThan(0);
  expect(run.test.r2).toBeGreaterThan(0);
  expect(readFileSync(join(run.model, "adapter_config.json"), "utf8")).toContain("LORA");
});

test("a probe of numbers is solved, and reports the width of its intervals", {
  tags: ["thorough"],
}, async () => {
  const run = await train(path("tints.csv"), {
    ...quick,
    task: "image-regression",
    base: path("base"),
    out: path("probe"),
    strategy: "probe",
    target: "red",
    coverage: 0.8,
  });
  expect(run.epochs).toBe(0);
  expect(run.test.outputs[0]!.prediction_interval!.coverage).toBe(0.8);
  expect(run.test.outputs[0]!.prediction_interval!.bands[0]!.half_width).toBeGreaterThan(0);
});

test("a model with the same names gives its weights, and the rows of its head for shared classes", {
  tags: ["thorough"],
}, async () => {
  const old = await train(path("many"), { ...quick, base: path("base"), out: path("old"), epochs: 8 });
  const run = await train(path("few"), {
    ...quick,
    base: path("base"),
    strategy: "probe",
    out: path("new"),
    initFrom: old.model,
    initHead: "reuse",
  });
  expect(run.init!.matched).toBeGreaterThan(10);
  expect(run.init!.adapted).toEqual([]);
  // The new base has no head of that name: only the old model has it.
  expect(run.init!.skipped.every(({ why }) => why === "only the other model has it")).toBe(true);
  expect(run.init!.head).toContain("bee from bee, cow from cow, red ant from ant");
});

test("a base for grey pictures accepts colour ones: its first convolution is inflated", {
  tags: ["thorough"],
}, async () => {
  const net = residualNet({ widths: [8, 16], blocks: [1, 1], classes: 5 });
  for (const [value, fresh] of freshWeights(net, 1)) net.initializers.set(value, fresh);
  mkdirSync(path("grey"));
  const grey = adaptInputChannels(net, 1);
  expect(grey.typeOf("pixel_values").shape![1]).toBe(1);
  tinyBase(path("grey"), toOnnx(grey));
  const run = await train(path("few"), {
    ...quick,
    base: path("grey"),
    strategy: "probe",
    out: path("from grey"),
  });
  expect(run.test.n).toBeGreaterThan(0);
});

test("weights from a model with another number of channels are inflated", {
  tags: ["thorough"],
}, async () => {
  mkdirSync(path("grey weights"));
  tinyBase(path("grey weights"), toOnnx(adaptInputChannels(tinyGraph(9), 1)));
  const run = await train(path("few"), {
    ...quick,
    base: path("base"),
    strategy: "probe",
    out: path("inflated"),
    initFrom: path("grey weights"),
  });
  expect(run.init!.adapted).toMatchObject([
    { name: "stem/conv.weight", how: "1 input channels adapted to 3" },
  ]);
});

const bad: readonly (readonly [string, string, object, Parameters<typeof errorWith>[0]])[] = [
  ["no such column", "file,n\npictures/0.png,1\n", { target: "m" }, 'has no column "m"'],
  ["words for numbers", "file,n\npictures/0.png,one\n", {}, "has no column of numbers"],
  ["too few", "file,n\npictures/0.png,1\npictures/1.png,2\n", {}, "has 2 usable pictures"],
  ["a strategy of classes", "", { strategy: "lwf" }, { option: "strategy", needs: "base classifier" }],
  ["an option of classes", "", { option: { focal: 2 } }, { option: "focal", needs: "softmax" }],
  ["a δ without Huber", "", { huberDelta: 2 }, { option: "huberDelta", without: "--loss huber" }],
  ["an option of tables", "", { ignore: "dark" }, { option: "ignore", needs: "tables" }],
];
test.each(bad)("refuses wrong input: %s", async (name, text, options, expected) => {
  const file = text === "" ? path("tints.csv") : path(`${name}.csv`);
  if (text !== "") writeFileSync(file, text);
  await expect(
    train(file, {
      ...quick,
      task: "image-regression",
      base: path("base"),
      out: path(`bad ${name}`),
      ...options,
    } as never),
  ).rejects.toEqual(errorWith(expected));
});

test("refuses a constant number, and weights that do not fit", { tags: ["thorough"] }, async () => {
  const lines = Array.from({ length: 30 }, (_, i) => `pictures/${i}.png,5`);
  writeFileSync(path("flat.csv"), ["file,n", ...lines].join("\n"));
  await expect(
    train(path("flat.csv"), { ...quick, task: "image-regression", base: path("base"), out: path("flat") }),
  ).rejects.toThrow('"n" of "flat.csv" is 5 in the whole train part');
  const options = { ...quick, base: path("base"), strategy: "probe" } as const;
  mkdirSync(path("bare"));
  copyFileSync(join(path("base"), "onnx", "model.onnx"), path("bare", "model.onnx"));
  await expect(
    train(path("few"), {
      ...options,
      out: path("no names"),
      initFrom: path("bare", "model.onnx"),
      initHead: "reuse",
    }),
  ).rejects.toThrow("there is no classifier in model.onnx whose rows could be used again");
  const other = residualNet({ widths: [4], blocks: [1], classes: 5 });
  for (const [value, fresh] of freshWeights(other, 1)) other.initializers.set(value, fresh);
  tinyBase(path("other"), toOnnx(other));
  await expect(
    train(path("few"), { ...options, out: path("other run"), initFrom: path("other") }),
  ).rejects.toThrow(/no weight of .* fits/);
});
