// Models of tables that are no networks: a run keeps the linear model or the trees, and everything works with them.
// @module-tag thorough
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { renderAnyResult } from "../../src/cli/render/render-result.js";
import type { TableResultEvent } from "../../src/core/events/events.js";
import { draws } from "../../src/core/random.js";
import {
  compare,
  type EngraftEvent,
  type Explanation,
  evaluate,
  explain,
  exportModel,
  loadTableModel,
  report,
  resume,
  type TrainOptions,
  train,
} from "../../src/index.js";
import { englishLeft } from "../support/english-left.js";
import { errorWith } from "../support/failure.js";
import { once } from "../support/fixtures.js";
import { stopRun } from "../support/stop-run.js";

const root = mkdtempSync(join(tmpdir(), "engraft-table-models-"));
const path = (...parts: string[]): string => join(root, ...parts);
const quick = { threads: 1, cache: false } as const;
const classes = { ...quick, task: "tabular-classification" } as const;
const numbers = { ...quick, task: "tabular-regression" } as const;
const text = (...parts: string[]): string => readFileSync(path(...parts), "utf8");

/** Writes a table of `rows` rows. */
function table(
  name: string,
  header: string,
  rows: number,
  rowOf: (draw: ReturnType<typeof draws>) => string,
) {
  const draw = draws(1, name);
  writeFileSync(path(name), [header, ...Array.from({ length: rows }, () => rowOf(draw))].join("\n"));
  return path(name);
}

let boxes: string;
let kept: TableResultEvent;
const events: EngraftEvent[] = [];
beforeAll(async () => {
  process.env.ENGRAFT_CACHE = path("cache");
  // A box in ten columns, of which eight are noise: trees see it, a linear model does not, and a network hardly.
  boxes = table("boxes.csv", "a,b,colour,gap,n1,n2,n3,n4,n5,n6,label", 420, (draw) => {
    const [a, b] = [draw.uniform(), draw.uniform()];
    const colour = ["red", "blue", "green"][draw.integer(3)]!;
    const inside = a > 0.3 && a < 0.8 && (colour === "red" ? b < 0.7 : b > 0.4);
    const noise = Array.from({ length: 6 }, () => draw.normal().toFixed(3));
    const gap = draw.uniform() < 0.3 ? "" : draw.normal().toFixed(2);
    return [a.toFixed(3), b.toFixed(3), colour, gap, ...noise, inside ? "in" : "out"].join(",");
  });
  table("plane.csv", "a,b,side,y,z", 150, (draw) => {
    const [a, b, left] = [draw.normal(), draw.normal(), draw.uniform() < 0.5];
    const y = 3 * a - b + (left ? 4 : 0) + draw.normal() / 2;
    return [a, b, left ? "left" : "right", y, 100 * b + draw.normal()]
      .map((v) => (typeof v === "number" ? v.toFixed(3) : v))
      .join(",");
  });
  kept = await train(boxes, {
    ...{ ...classes, out: path("kept"), baselines: true, seeds: 1 },
    onEvent: (event) => events.push(event),
  });
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const warningsOf = (all: readonly EngraftEvent[], code: string): string[] =>
  all.flatMap((event) => (event.event === "warning" && event.code === code ? [event.message] : []));

test("a run without a requested strategy keeps the trees if they are best by validation, and prints why", async () => {
  expect(kept.strategy.name).toBe("trees");
  expect(kept.strategy.reasons).toHaveLength(1);
  expect(kept.strategy.reasons[0]).toMatch(
    /^kept trees by validation: network [\d.]+ %(?: \(best of \d+ epochs[^)]*\))?, linear [\d.]+ %, trees [\d.]+ % on 63 validation samples \(one standard error of the difference of trees and (network|linear) is /,
  );
  expect(kept.base.name).toBe("none: gradient-boosted trees");
  expect(kept).toMatchObject({ epochs: 0, best_epoch: 0 });
  expect(kept.trainable.parameters).toBe(kept.trainable.total);
  expect(Object.keys(kept.baselines)).toEqual(["majority", "network", "logistic"]);
  expect(kept.test.accuracy).toBeGreaterThan(0.9);
  expect(kept.test.accuracy).toBeGreaterThan(kept.baselines.logistic!.test.accuracy + 0.05);
  const lines = (await renderAnyResult(kept)).join("\n").replace(/\s+/g, " ");
  expect(lines).toContain(`model ${kept.strategy.reasons[0]}`);
  expect(lines).toMatch(
    /baselines always the most frequent class [\d.]+ % network [\d.]+ % logistic regression/,
  );
  expect(lines).toMatch(/verdict .*this model/);
  expect(warningsOf(events, "better_model")).toEqual([]);
});

test("model folder, card and report name the trees; the report has no English left in Chinese", async () => {
  expect(JSON.parse(text("kept/model/table.json"))).toMatchObject({ model: "trees", hidden: [] });
  const card = text("kept/model/README.md");
  expect(card).toContain("| trees (this model) |");
  expect(card).toContain("Base: none: gradient-boosted trees");
  expect(card).toMatch(/Is this model better than (the network|logistic regression)\?/);
  expect(text("kept/report.html")).toContain("kept trees by validation: network");
  const { report: page } = await report(path("kept"), { lang: "zh", out: path("zh.html") });
  const chinese = readFileSync(page, "utf8");
  expect(chinese).toContain("无：梯度提升树");
  expect(chinese).toMatch(
    /按验证集保留 trees：在 63 个验证样本上，神经网络 [\d.]+\s%(?:（\d+ 轮中最好的一轮，得分相近的各轮平均为 [\d.]+\s%）)?，linear [\d.]+\s%，trees/,
  );
  const known =
    "trees linear full boxes csv in out red blue green colour gap a b n1 n2 n3 n4 n5 n6 label line engraft node lac aps onnxruntime-node sharp libvips runs kept BatchNorm e-8 train export LAC APS decoder";
  expect(englishLeft(chinese, known)).toEqual([]);
});

test("load, predict, eval, explain and export work with the trees", async () => {
  const again = await evaluate(kept.model, boxes, quick);
  if (again.task !== "tabular-classification") throw new Error(again.task);
  expect(again.test.accuracy).toBe(kept.test.accuracy);
  expect(again.test.loss).toBeCloseTo(kept.test.loss, 6);

  const rows = [
    { a: 0.5, b: 0.2, colour: "red", gap: "" },
    { a: 0.5, b: 0.9, colour: "red" },
    { a: 0.05, b: 0.9, colour: "violet" },
  ];
  const model = await loadTableModel(kept.model);
  const predicted = await model.classify(rows);
  const assessed = await model.assess(rows);
  await model.close();
  expect(predicted.map(([first]) => first!.label)).toEqual(["in", "out", "out"]);
  expect(assessed.map(({ answers }) => answers[0]!.label)).toEqual(["in", "out", "out"]);

  const found: Explanation[] = [];
  for await (const one of explain(kept.model, rows.slice(0, 1), { threads: 1, background: rows }))
    found.push(one);
  const weights = new Map(found[0]!.columns!.map(({ name, weight }) => [name, weight]));
  expect(Math.max(weights.get("a")!, weights.get("b")!)).toBeGreaterThan(0.1);
  const gradients = explain(kept.model, rows, { threads: 1, method: "ig" });
  await expect(gradients.next()).rejects.toThrow(/has no gradients: it is gradient-boosted trees/);

  const { model: copy } = await exportModel(path("kept"), { out: path("exported") });
  const copied = await evaluate(copy, boxes, quick);
  expect(copied.task === "tabular-classification" && copied.test.accuracy).toBe(kept.test.accuracy);
});

test("a stopped run resumes to the same trees, and other seeds have the same trees", async () => {
  await stopRun(
    (how) => train(boxes, { ...classes, out: path("stopped"), seeds: 2, checkpointSeconds: 0, ...how }),
    (e) => e.event === "epoch" && e.epoch === 3,
  );
  const resumed = await resume(path("stopped"));
  if (resumed.task !== "tabular-classification") throw new Error(resumed.task);
  expect(resumed.strategy).toEqual(kept.strategy);
  expect(resumed.test.loss).toBe(kept.test.loss);
  expect(readFileSync(join(resumed.model, "onnx/model.onnx"))).toEqual(
    readFileSync(join(kept.model, "onnx/model.onnx")),
  );
  expect(resumed.by_seed!.runs.map(({ accuracy }) => accuracy)).toEqual([
    kept.test.accuracy,
    kept.test.accuracy,
  ]);
});

const plane = once(() =>
  train(path("plane.csv"), { ...numbers, target: "y,z", out: path("plane"), explain: true }),
);
const network = once(async () => {
  const all: EngraftEvent[] = [];
  const onEvent = (event: EngraftEvent): number => all.push(event);
  const run = await train(boxes, { ...classes, epochs: 1, out: path("network"), onEvent });
  return { run, all };
});

test("a linear relation keeps the linear model, with intervals from rows that it did not see", async () => {
  const run = await plane();
  expect(run.strategy.name).toBe("linear");
  expect(run.base.name).toBe("none: a linear model");
  expect(Object.keys(run.baselines)).toEqual(["mean", "network", "trees"]);
  expect(run.test.r2).toBeGreaterThan(0.95);
  for (const { prediction_interval: interval, rmse } of run.test.outputs)
    expect(Math.max(...interval!.bands.map(({ half_width }) => half_width))).toBeGreaterThan(rmse);
  const found: Explanation[] = [];
  const row = { a: 1, b: 0, side: "left" };
  for (const method of ["shap", "ig"] as const)
    for await (const one of explain(run.model, [row], { threads: 1, method, class: "y" })) found.push(one);
  const [shap, ig] = found.map(({ columns }) => new Map(columns!.map(({ name, weight }) => [name, weight])));
  // Of a linear model, both are weight · (value − mean): 3 per unit of a.
  expect(shap!.get("a")! / ig!.get("a")!).toBeCloseTo(1, 3);
  expect(text("plane", "report.html")).toContain("What single predictions depend on");
});

test.each(["linear", "trees"] as const)("--strategy %s solves that model alone", async (strategy) => {
  const run = await train(path("plane.csv"), { ...numbers, strategy, target: "y,z", out: path(strategy) });
  expect(run.strategy).toMatchObject({ name: strategy, reasons: ["requested"] });
  expect(Object.keys(run.baselines)).toEqual(["mean", strategy === "linear" ? "trees" : "ridge"]);
  expect(run.test.r2).toBeGreaterThan(0.6);
  expect(run.epochs).toBe(0);
  const again = await evaluate(run.model, path("plane.csv"), quick);
  expect(again.task === "tabular-regression" && again.test.r2).toBeCloseTo(run.test.r2, 6);
});

test("a requested network stays, and one line names the better model with its command", async () => {
  const { run, all } = await network();
  expect(run.strategy.name).toBe("scratch");
  expect(Object.keys(run.baselines)).toEqual(["majority", "logistic", "trees"]);
  const [warning] = warningsOf(all, "better_model");
  expect(warning).toMatch(/^trees is better than network by validation: network [\d.]+ %, trees [\d.]+ %/);
  expect(warning).toContain("network was requested and is kept. For trees: engraft train ");
  expect(warning).toContain("--strategy trees");
  expect(warning).not.toContain("--epochs");

  const auto = await train(boxes, { ...classes, strategy: "auto", out: path("auto") });
  expect(auto.strategy.name).toBe("trees");
});

test("with --init-from and --safe, the trees may be kept; the verdict stays about the transfer", async () => {
  const initFrom = (await network()).run.run;
  const options = { ...classes, initFrom, out: path("safe"), safe: true, epochs: 2 };
  const run = await train(boxes, { ...options, scratchSteps: 30, seeds: 2 });
  expect(run.strategy.name).toBe("trees");
  expect(run.safe).toMatchObject({ kept: "transfer", own: "trees" });
  expect(run.safe!.words).toMatch(/^Kept: trees, [\d.]+ points better on 63 validation rows/);
  expect(run.baselines.scratch).toBeDefined();
  expect(run.baselines.network).toBeDefined();
  expect(run.verdict!.against).toBeUndefined();
  expect(run.verdict!.ahead).toMatchObject({ name: "gradient-boosted trees" });
  expect(run.verdict!.values!.a).toBeCloseTo(run.by_seed!.accuracy.mean, 8);
  const again = await evaluate(run.model, boxes, quick);
  expect(again.task === "tabular-classification" && again.test.accuracy).toBe(run.test.accuracy);
});

test("with --train-size, the model learns from so many rows; else from validation rows too", async () => {
  const run = await train(boxes, { ...classes, strategy: "trees", trainSize: 200, out: path("fewer") });
  const onBoth = "then fitted on training and validation samples";
  expect(recipeOf(run)).not.toContain(onBoth);
  const whole = await train(boxes, { ...classes, strategy: "trees", out: path("whole") });
  expect(recipeOf(whole)).toContain(onBoth);
});
test("a temperature can be written into the trees", async () => {
  const options = {
    ...classes,
    strategy: "trees",
    calibrate: "temperature",
    out: path("calibrated"),
  } as const;
  const run = await train(boxes, options);
  expect(run.trust!.temperature.written).toBe(true);
  const again = await evaluate(run.model, boxes, quick);
  expect(again.task === "tabular-classification" && again.test.loss).toBeCloseTo(run.test.loss, 6);
});

const recipeOf = ({ baselines }: TableResultEvent): string => baselines.logistic!.recipe;

test("compare takes the models of tables beside the network", { tags: ["thorough"] }, async () => {
  const result = await compare(boxes, {
    ...{ ...classes, strategies: ["linear", "trees", "full"], seeds: 2, epochs: 1, out: path("compared") },
  });
  expect(result.runs.map(({ label }) => label)).toEqual([
    "linear",
    "trees",
    "full",
    "linear",
    "trees",
    "full",
  ]);
  expect(result.rows.map(({ label }) => label)[0]).toBe("trees");
});

const refused: readonly (readonly [string, TrainOptions, Parameters<typeof errorWith>[0]])[] = [
  ["epochs", { strategy: "trees", epochs: 3 }, { option: "epochs", strategy: "trees" }],
  ["a model", { strategy: "linear", initFrom: "kept" }, { option: "initFrom", strategy: "linear" }],
  ["weights of trees", { initFrom: "kept" }, "is gradient-boosted trees: it has no weights to start from"],
  ["weights of a linear model", { initFrom: "plane" }, "is a linear model: it has no weights to start from"],
];

test.each(refused)("refuses %s where they mean nothing", async (name, options, expected) => {
  await plane();
  const from = options.initFrom === undefined ? {} : { initFrom: path(options.initFrom) };
  await expect(train(boxes, { ...classes, ...options, ...from, out: path("refused", name) })).rejects.toEqual(
    errorWith(expected),
  );
});
