// Tables through the library: training, transfer between tables, and refused tables.
// @module-tag thorough

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { renderAnyResult } from "../../src/cli/render/render-result.js";
import { draws } from "../../src/core/random.js";
import { halfWidthAt } from "../../src/evaluate/regression.js";
import { evaluate, loadModel, loadTableModel, resume, train } from "../../src/index.js";
import { errorWith } from "../support/failure.js";
import { engraft, once } from "../support/fixtures.js";
import { stopRun } from "../support/stop-run.js";

const root = mkdtempSync(join(tmpdir(), "engraft-tables-"));
const path = (...parts: string[]): string => join(root, ...parts);
const quick = { threads: 1, cache: false } as const;

interface Columns {
  readonly [name: string]: (row: {
    a: number;
    b: number;
    color: string;
    noise: () => number;
  }) => string | number;
}

/** Class by a circle whose radius depends on the color: not linearly separable. */
const kind: Columns[string] = ({ a, b, color }) =>
  a * a + b * b < (color === "red" ? 1 : color === "blue" ? 2 : 3) ? "inside" : "outside";
const depth: Columns[string] = ({ a, b, noise }) => 3 * a * b + 10 + 0.1 * noise();

function table(name: string, rows: number, seed: number, columns: Columns): string {
  const draw = draws(seed, "table");
  const names = Object.keys(columns);
  const lines = Array.from({ length: rows }, () => {
    const row = {
      a: Number((2 * draw.normal()).toFixed(3)) / 2,
      b: Number(draw.normal().toFixed(3)),
      color: ["red", "blue", "green"][draw.integer(3)]!,
      noise: () => draw.normal(),
    };
    return names.map((n) => columns[n]!(row)).join(",");
  });
  writeFileSync(path(name), [names.join(","), ...lines].join("\n"));
  return path(name);
}

/** Returns a split column: 40 training rows, 20 validation rows, and test rows. */
const parts = (): Columns[string] => {
  let i = 0;
  return () => (i++ < 40 ? "train" : i <= 60 ? "val" : "test");
};
const shared: Columns = { a: (r) => r.a, b: (r) => r.b, color: (r) => r.color };

beforeAll(async () => {
  process.env.ENGRAFT_CACHE = path("cache");
  table("large.csv", 1500, 1, { ...shared, old: (r) => r.noise(), label: kind });
  table("small.csv", 460, 2, { ...shared, fresh: (r) => r.noise(), label: kind, split: parts() });
  table("depth.csv", 400, 3, { ...shared, gap: (r) => (r.noise() > 1 ? "" : r.noise()), depth });
  table("deep.csv", 1600, 3, { ...shared, gap: (r) => (r.noise() > 1 ? "" : r.noise()), depth });
  await train(path("large.csv"), {
    ...quick,
    task: "tabular-classification",
    out: path("large"),
    epochs: 25,
  });
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** A model of numbers, whose task is detected. */
const depths = once(async () => {
  const seen: string[] = [];
  const run = await train(path("depth.csv"), {
    ...{ ...quick, task: "auto", target: "depth", out: path("depth"), epochs: 12 },
    onEvent: (e) => {
      if (e.event === "data") seen.push(e.task, ...(e.targets ?? []), ...(e.table?.categories ?? []));
    },
  });
  return { run, seen };
});

test("a table's task is detected from its target: words are classes, numbers a quantity", async () => {
  const { run, seen } = await depths();
  expect(seen).toEqual(["tabular-regression", "depth", "color"]);
  if (run.task !== "tabular-regression") throw new Error(run.task);
  // depth is 3ab, which a network can learn but not a linear model.
  expect(run.baselines.mean.test.r2).toBeLessThan(0.01);
  expect(run.baselines.ridge!.test.r2).toBeLessThan(0.3);
  expect(run.test.r2).toBeGreaterThan(run.baselines.ridge!.test.r2_ci95![1]);
  const { prediction_interval: interval, rmse } = run.test.outputs[0]!;
  expect(interval!.coverage).toBe(0.9);
  for (const { half_width } of interval!.bands) expect(half_width).toBeGreaterThan(rmse / 4);
  expect(readFileSync(join(run.run, "report.html"), "utf8")).toContain("predicted against true");

  // The model predicts a row of the file as the run did, also for the item with the largest error.
  const model = await loadTableModel(run.model);
  const lines = readFileSync(path("depth.csv"), "utf8").split("\n");
  const [worst] = run.test.worst;
  const cells = lines[Number(worst!.item.replace("line ", "")) - 1]!.split(",");
  const row = Object.fromEntries(lines[0]!.split(",").map((name, i) => [name, cells[i]]));
  const [[answer] = []] = await model.estimate([row]);
  expect(answer!.target).toBe("depth");
  expect(answer!.value).toBeCloseTo(worst!.predicted, 4);
  expect(answer!.interval![1] - answer!.value).toBeCloseTo(halfWidthAt(interval!.bands, answer!.value)!, 4);
  await expect(model.classify([row])).rejects.toThrow(
    "a model of tabular-regression does not predict classes",
  );
  await expect(model.estimate([{ a: "far" }])).rejects.toThrow('"a" of row 1 is "far", no number');
  await expect(model.estimate([{ weight: 3 }])).rejects.toMatchObject({
    kind: "DataError",
    details: { row: 1, columns: ["weight"] },
  });
  await model.close();
  await expect(loadModel(run.model)).rejects.toThrow(
    "the model was trained for tabular-regression, not for image-classification",
  );
});

test("weights from a large table help on a small one with other columns", async () => {
  const run = await train(path("small.csv"), {
    ...quick,
    task: "tabular-classification",
    out: path("small"),
    initFrom: path("large"),
    epochs: 15,
  });
  expect(run.init!.adapted.map(({ name }) => name)).toEqual([
    "number: a",
    "number: b",
    "category: color",
    "embedding: color",
  ]);
  expect(run.init!.skipped.map(({ name }) => name)).toEqual(["number: fresh", "number: old"]);
  expect(run.init!.head).toBe("the other model's head for all 2 classes");
  expect(run.split).toMatchObject({ train: 40, validation: 20, test: 400 });
  expect(run.test.accuracy).toBeGreaterThan(0.85);
  expect(run.test.accuracy).toBeGreaterThan(run.baselines.scratch!.test.accuracy + 0.03);
  // One training per side decides nothing.
  expect(run.verdict).toMatchObject({ transfer: "inconclusive", kind: "one training" });
  expect(run.verdict!.words).toContain("--seeds 3 tells whether transfer helps");
  const { logistic, majority, scratch } = run.baselines;
  const byName = {
    "logistic regression": logistic!,
    "always the most frequent class": majority,
    "from scratch": scratch!,
  };
  const { name, value } = run.verdict!.best_baseline!;
  expect(value).toBeCloseTo(byName[name as keyof typeof byName].test.accuracy, 10);
});

test("a model of rows includes a temperature on request, and the run reports its calibration", async () => {
  const options = { ...quick, task: "tabular-classification", epochs: 3 } as const;
  const plain = await train(path("small.csv"), { ...options, out: path("uncalibrated") });
  const divided = await train(path("small.csv"), {
    ...options,
    out: path("calibrated"),
    calibrate: "temperature",
  });
  if (plain.task !== "tabular-classification" || divided.task !== "tabular-classification")
    throw new Error(plain.task);
  const { temperature } = divided.trust!;
  expect(temperature).toEqual({ value: plain.trust!.temperature.value, written: true });
  expect(Math.abs(temperature.value - 1)).toBeGreaterThan(0.01);
  // ln p/(1 − p) is what a temperature divides.
  const logit = async (model: string): Promise<number> => {
    const opened = await loadTableModel(model);
    const [answers] = await opened.classify([{ a: 0.3, b: 0.8, color: "red" }]);
    await opened.close();
    const p = answers!.find(({ label }) => label === "inside")!.score;
    return Math.log(p / (1 - p));
  };
  expect((await logit(divided.model)) * temperature.value).toBeCloseTo(await logit(plain.model), 4);
  expect((await renderAnyResult(divided, true)).join(" ").replace(/ +/g, " ")).toMatch(
    / divisor .*logits divided by [\d.]+ have the lowest loss on validation; the model divides them itself/,
  );
  expect(readFileSync(join(divided.run, "report.html"), "utf8")).toContain("<h2>Calibration</h2>");
});

test("a stopped run resumes to the same numbers", async () => {
  const options = { ...quick, task: "tabular-classification", epochs: 4 } as const;
  const whole = await train(path("large.csv"), { ...options, out: path("whole") });
  await stopRun(
    (how) => train(path("large.csv"), { ...options, out: path("stopped"), checkpointSeconds: 0, ...how }),
    (e) => e.event === "epoch" && e.epoch === 2,
  );
  const resumed = await resume(path("stopped"));
  if (resumed.task !== "tabular-classification") throw new Error(resumed.task);
  expect(resumed.test.loss).toBe(whole.test.loss);
});

test("a network without a start model is compared with the best baseline, over seeds", async () => {
  const options = { ...quick, task: "tabular-regression", target: "depth", epochs: 12 } as const;
  const run = await train(path("depth.csv"), { ...options, out: path("compared"), baselines: true });
  const { verdict, by_seed } = run;
  expect(by_seed!.runs.map(({ seed }) => seed)).toEqual([0, 1, 2]);
  // Each seed draws its own random weights.
  expect(new Set(by_seed!.runs.map(({ r2 }) => r2)).size).toBe(3);
  expect(verdict).toMatchObject({
    against: "gradient-boosted trees",
    kind: "better",
    transfer: "positive",
    seeds: 3,
  });
  // Records hold nine digits.
  expect(verdict!.values!.b).toBeCloseTo(run.baselines.trees!.test.r2, 8);
  expect(verdict!.words).toMatch(
    /^This model is better\. This model: R² 0\.\d+; gradient-boosted trees: R² /,
  );
  expect(readFileSync(join(run.run, "report.html"), "utf8")).toContain("This model is better: R² is ");
  expect(readFileSync(join(run.model, "README.md"), "utf8")).toContain(
    "Is this model better than gradient-boosted trees? **positive**",
  );
});

test("a run that is stopped between two seeds resumes to the same numbers", async () => {
  const options = { ...quick, task: "tabular-classification", epochs: 2, seeds: 2 } as const;
  const whole = await train(path("small.csv"), { ...options, out: path("whole-seeds") });
  await stopRun(
    (how) => train(path("small.csv"), { ...options, out: path("stopped-seeds"), ...how }),
    ({ event }) => event === "seed",
  );
  const resumed = await resume(path("stopped-seeds"));
  if (resumed.task !== "tabular-classification") throw new Error(resumed.task);
  expect(resumed.by_seed!.runs).toEqual(whole.by_seed!.runs);
});

test("--safe keeps the network from scratch if it is better on validation, with the inputs of that network", async () => {
  // Enough validation rows to see that the best epoch from scratch is no luck.
  const data = path("deep.csv");
  const run = await train(data, {
    ...{ ...quick, task: "tabular-regression", target: "depth", out: path("safe"), safe: true },
    ...{ initFrom: path("large"), epochs: 1, lr: 1e-6, scratchSteps: 300 },
  });
  expect(run.safe).toMatchObject({ kept: "scratch", metric: "r2" });
  expect(run.safe!.words).toMatch(/^Kept: from scratch, 0\.\d+ of R² better on \d+ validation rows/);
  const again = await evaluate(run.model, data, { threads: 1 });
  if (again.task !== "tabular-regression") throw new Error(again.task);
  expect(again.test.r2).toBeCloseTo(run.test.r2, 6);
});

const bad: readonly (readonly [string, string, object, Parameters<typeof errorWith>[0]])[] = [
  ["one class", "a,y\n" + "1,x\n2,x\n".repeat(10), {}, "only one class"],
  ["no such column", "a,y\n1,x\n2,z\n", { target: "z" }, 'has no column "z"'],
  ["too few rows", "a,y\n1,x\n2,z\n", {}, "has 2 usable rows"],
  ["the same name twice", `a,a,y\n${"1,2,x\n2,1,z\n".repeat(10)}`, {}, 'has the column "a" twice'],
  [
    "nothing to learn from",
    `id,y\n${Array.from({ length: 40 }, (_, i) => `n${i},${i % 2 ? "x" : "z"}`).join("\n")}`,
    {},
    "has nothing to learn",
  ],
  ["labels missing", `a,y\n${"1,x\n2,\n".repeat(10)}`, {}, "cannot be used; at most 10 % may be"],
  ["no numbers", `a,y\n${"1,x\n2,z\n".repeat(10)}`, { task: "tabular-regression" }, "usable row"],
  [
    "classes as many as rows",
    `a,y\n${Array.from({ length: 20 }, (_, i) => `${i % 3},c${i}`).join("\n")}`,
    {},
    "20 classes in 20 rows",
  ],
  [
    "an option of pictures",
    `a,y\n${"1,x\n2,z\n".repeat(10)}`,
    { augment: "none" },
    { option: "augment", needs: "augmentation" },
  ],
  [
    "an option of numbers",
    `a,y\n${"1,x\n2,z\n".repeat(10)}`,
    { loss: "huber" },
    { option: "loss", needs: "numbers" },
  ],
  [
    "safe without a model",
    `a,y\n${"1,x\n2,z\n".repeat(10)}`,
    { safe: true },
    { option: "safe", needs: "pretrained" },
  ],
  [
    "a strategy without a base",
    `a,y\n${"1,x\n2,z\n".repeat(10)}`,
    { strategy: "probe" },
    { option: "strategy", needs: "pretrained" },
  ],
  ["a comma too many", `a,y\n${"1,x\n2,z\n".repeat(10)}`, { ignore: "a,,b" }, 'ignore is "a,,b"'],
  ["another table's model", `q,y\n${"1,x\n2,z\n".repeat(20)}`, { initFrom: path("large") }, "no column of"],
];

test.each(bad)("refuses wrong input: %s", async (name, text, options, expected) => {
  const file = path(`${name}.csv`);
  writeFileSync(file, text);
  mkdirSync(path("bad"), { recursive: true });
  const out = path("bad", name);
  await expect(
    train(file, { ...quick, task: "tabular-classification", out, ...options } as never),
  ).rejects.toEqual(errorWith(expected));
});

test("assess gives sets of stated coverage and flags unsure rows; models of numbers have no sets", async () => {
  const dir = path("large", "model");
  const model = await loadTableModel(dir);
  const rows = Array.from({ length: 300 }, (_, i) => ({
    a: (i % 30) / 10 - 1.5,
    b: i / 150 - 1,
    color: "red",
  }));
  const assessed = await model.assess(rows, { top: 1 });
  const classified = await model.classify(rows);
  await model.close();
  assessed.forEach((one, i) => {
    expect(one.answers).toEqual(classified[i]!.slice(0, 1));
    expect(one.coverage).toBe(0.9);
    expect(one.unsure).toBe(one.threshold === null || one.answers[0]!.score < one.threshold);
  });
  // A set is never empty: it always holds the most probable class.
  for (const { set, answers } of assessed) expect(set).toContainEqual(answers[0]);

  writeFileSync(path("rows.csv"), "a,b,color\n0,0,red\n");
  const predict = (model: string, ...args: string[]) =>
    engraft(["predict", join(model, "model"), path("rows.csv"), ...args, "--threads", "1"], {
      cache: path("cache"),
    });
  const { out } = await predict(path("large"), "--sets", "aps", "--abstain");
  expect(out).toMatch(/rows\.csv, row 1\t(unsure\t)?inside\t[01]\.\d{4}\t\{inside(, outside)?\}/);
  expect((await predict((await depths()).run.run, "--abstain")).err).toContain(
    "the model answers tabular-regression",
  );
});

test("a model reads the numbers of rows as its training table wrote them", async () => {
  // Dots of thousands in the training table; another file may have one row, and no semicolons.
  const rows = Array.from({ length: 80 }, (_, i) => {
    const size = 400 + 37 * ((i * 29) % 80);
    return `${size < 1000 ? size : `${Math.floor(size / 1000)}.${String(size % 1000).padStart(3, "0")}`};${(size * 0.1).toFixed(1).replace(".", ",")}`;
  });
  writeFileSync(path("german.csv"), ["size;price", ...rows].join("\n"));
  const run = await train(path("german.csv"), { ...quick, strategy: "linear", out: path("german-run") });
  const file = JSON.parse(readFileSync(join(run.model, "table.json"), "utf8"));
  expect(file.forms).toEqual({ size: "dots", price: "commas" });
  const model = await loadTableModel(run.model);
  const answers = await model.estimate([{ size: "2.000" }, { size: 2000 }, { size: 2 }]);
  const [text, number, small] = answers.map(([one]) => one!.value);
  expect(text).toBe(number);
  expect(number).toBeCloseTo(200, 0);
  expect(small).toBeLessThan(10);
  await model.close();
  writeFileSync(path("german-rows.csv"), "size\n2.000\n");
  const { out } = await engraft(["predict", run.model, path("german-rows.csv")]);
  expect(out).toContain("\t200");
  const scored = await evaluate(run.model, path("german.csv"));
  expect(scored.test).toMatchObject({ r2: expect.closeTo(1, 3) });
});
