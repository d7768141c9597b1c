// @module-tag thorough
// `folds`: the recipe of a run once more for each fold. Each task, what a fold may not see, and a run that is stopped between two folds.
import { readFileSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { renderDryRun } from "../../src/cli/commands/train.js";
import { renderAnyResult } from "../../src/cli/render/render-result.js";
import type { EngraftEvent, TrainResultEvent } from "../../src/core/events/events.js";
import { draws } from "../../src/core/random.js";
import { openData, resume, train } from "../../src/index.js";
import { wilsonScore } from "../../src/statistics/wilson.js";
import { foldSplits } from "../../src/tasks/folds/fold-splits.js";
import { labelledTexts } from "../support/label-data.js";
import { reviews, writeTextBase } from "../support/text-base.js";
import { tinyFolder } from "../support/tiny-folder.js";

const { path, data, base } = tinyFolder("folds");
const common = { epochs: 2, augment: "none", threads: 1, cache: false } as const;
const pictures = { ...common, task: "image-classification", strategy: "finetune" } as const;

/** Variance of K folds over that of independent samples: 1 + K / (K − 1). */
const shared = { 3: 2.5, 4: 7 / 3 } as const;

test("each fold is the training of its split, and its pictures are scored once", async () => {
  const events: EngraftEvent[] = [];
  const onEvent = (event: EngraftEvent): void => void events.push(event);
  const run = (await train(data, {
    ...pictures,
    base,
    folds: 3,
    out: path("run"),
    onEvent,
  })) as TrainResultEvent;
  const opened = await openData(data, { seed: 0 });
  const targets = opened.items.map(({ label }) => opened.classes[label]!);
  const { folds } = foldSplits({ ...opened, targets }, 3);
  let right = 0;
  for (const [k, { parts, held }] of folds.entries()) {
    const items = opened.items.map((item, i) => ({ ...item, part: parts[i]! }));
    const own = { ...opened, items, fingerprint: `fold ${k}`, testFingerprint: `fold ${k}` };
    const alone = await train(own, { ...common, strategy: "finetune", base, out: path(`alone-${k}`) });
    right += Math.round(alone.test.accuracy * held.length);
  }
  expect(run.cross_validation).toEqual({
    folds: 3,
    n: 48,
    accuracy: right / 48,
    accuracy_ci95: wilsonScore(right / 48, 48 / shared[3]),
  });
  expect(events.find(({ event }) => event === "forecast")).toMatchObject({
    words: expect.stringContaining("3 folds "),
  });
  // The test split keeps the headline.
  expect(run.test.n).toBe(run.split.test);
  const lines = (await renderAnyResult(run)).join("\n");
  expect(lines).toMatch(/expected {3}.*cross-validated: 3 folds of\s+48 samples/);
  expect(readFileSync(path("run", "report.html"), "utf8")).toContain("Expected of this recipe");
});

test("stopped in the second fold, the run has a model, and is resumed to the same scores", async () => {
  const controller = new AbortController();
  const options = { ...pictures, base, folds: 3 } as const;
  const onEvent = (event: EngraftEvent): void => {
    if (event.event === "progress" && event.stage?.endsWith("fold 2 of 3")) controller.abort();
  };
  await expect(
    train(data, { ...options, out: path("stopped"), onEvent, signal: controller.signal }),
  ).rejects.toMatchObject({ kind: "Interrupted" });
  const gone = (await resume(path("stopped"))) as TrainResultEvent;
  const before = JSON.parse(readFileSync(path("run", "run.json"), "utf8")).result;
  expect(gone.cross_validation).toEqual(before.cross_validation);
});

test("a run that is trained further has folds that are trained further", async () => {
  const options = { ...pictures, base, folds: 3, out: path("further") } as const;
  const first = await train(data, { ...options, epochs: 1 });
  const { cross_validation: before } = first as TrainResultEvent;
  const more = (await resume(path("further"), { more: { epochs: 3 } })) as TrainResultEvent;
  expect(more.epochs).toBe(4);
  expect(more.cross_validation).toMatchObject({ folds: 3, n: 48 });
  const trained = (k: number) =>
    JSON.parse(readFileSync(path("further", "state", `fold ${k} of 3`, "run.json"), "utf8"));
  for (const k of [1, 2, 3]) expect(trained(k).extensions).toEqual([{ epochs: 3 }]);
  expect(before).toMatchObject({ folds: 3, n: 48 });
});

/** A table of two classes that the first column tells apart, with a group of two rows each. */
function table(): string {
  const draw = draws(3, "folds");
  const rows = Array.from({ length: 160 }, (_, i) => {
    const [a, b] = [draw.normal(), draw.normal()];
    return `${a.toFixed(3)},${b.toFixed(3)},g${i >> 1},${a + 0.3 * draw.normal() > 0 ? "yes" : "no"}`;
  });
  writeFileSync(path("table.csv"), `a,b,group,label\n${rows.join("\n")}\n`);
  return path("table.csv");
}

test("a table is encoded and trained by each fold, with its groups undivided", async () => {
  const options = { threads: 1, folds: 4, task: "tabular-classification" } as const;
  for (const strategy of ["full", "trees", "linear"] as const) {
    const steps = strategy === "full" ? { epochs: 3 } : {};
    const run = await train(table(), { ...options, ...steps, strategy, out: path(`table-${strategy}`) });
    expect(run.cross_validation).toMatchObject({ folds: 4, n: 160, groups: 80 });
    const { accuracy } = run.cross_validation as { readonly accuracy: number };
    // The Bayes classifier has 0.91.
    expect(accuracy).toBeGreaterThan(0.8);
  }
});

test("trees and a linear model have five folds by themselves if the test split is small", async () => {
  const data = table();
  for (const strategy of ["linear", "trees"] as const) {
    const options = { threads: 1, task: "tabular-classification", strategy } as const;
    const run = await train(data, { ...options, out: path(`small-${strategy}`) });
    expect(run.cross_validation).toMatchObject({ folds: 5, n: 160, groups: 80 });
    const same = await train(data, { ...options, folds: 5, out: path(`five-${strategy}`) });
    expect(same.cross_validation).toEqual(run.cross_validation);
  }
});

test("texts have folds with a probe, by the choice of the program, and with training", async () => {
  const texts = reviews(120);
  writeFileSync(
    path("reviews.csv"),
    `text,label\n${texts.map(({ text, label }) => `"${text}",${label}`).join("\n")}\n`,
  );
  const encoder = writeTextBase(path("encoder"));
  for (const strategy of ["probe", "auto", "finetune"] as const) {
    const run = await train(path("reviews.csv"), {
      threads: 1,
      folds: 4,
      task: "text-classification",
      base: encoder,
      strategy,
      ...(strategy === "finetune" && { epochs: 2 }),
      out: path(`texts-${strategy}`),
    });
    expect(run.cross_validation).toMatchObject({ folds: 4 });
    expect((run.cross_validation as { readonly accuracy: number }).accuracy).toBeGreaterThan(0.8);
  }
});

test("a dry run counts the folds, and trains none", async () => {
  const run = await train(data, { ...pictures, base, folds: 3, dryRun: true });
  expect(run.folds).toBe(3);
  expect(renderDryRun(run)).toContain("besides    3 folds");
});

test("labels have their own score", async () => {
  const rows = labelledTexts(120).map(({ text, labels: own }) => `"${text}","${own.join(",")}"`);
  writeFileSync(path("labels.csv"), `text,labels\n${rows.join("\n")}\n`);
  const run = await train(path("labels.csv"), {
    ...{ threads: 1, folds: 3, task: "multi-label-classification", strategy: "probe" },
    ...{ base: writeTextBase(path("labels-encoder")), out: path("labels") },
  });
  expect(run.cross_validation).toMatchObject({ folds: 3 });
  expect((run.cross_validation as { readonly f1: number }).f1).toBeGreaterThan(0.5);
  expect((await renderAnyResult(run)).join("\n")).toMatch(/expected {3}F1 \d/);
});

test("a probe of labels has five folds by itself if the test split is small, and none with a budget", async () => {
  const rows = labelledTexts(120).map(({ text, labels: own }) => `"${text}","${own.join(",")}"`);
  writeFileSync(path("small-labels.csv"), `text,labels\n${rows.join("\n")}\n`);
  const options = { threads: 1, task: "multi-label-classification", strategy: "probe" } as const;
  const its = { ...options, base: writeTextBase(path("small-labels-encoder")) };
  const small = await train(path("small-labels.csv"), { ...its, out: path("small-labels") });
  const five = await train(path("small-labels.csv"), { ...its, folds: 5, out: path("five-labels") });
  expect(small.cross_validation).toMatchObject({ folds: 5 });
  expect(small.cross_validation).toEqual(five.cross_validation);
  const budget = await train(path("small-labels.csv"), { ...its, budget: 600, out: path("budget-labels") });
  expect(budget.cross_validation).toBeUndefined();
});

test("numbers have their own score", async () => {
  const draw = draws(4, "numbers");
  const rows = Array.from({ length: 120 }, () => {
    const a = draw.normal();
    return `${a.toFixed(3)},${(2 * a + 0.1 * draw.normal()).toFixed(3)}`;
  });
  writeFileSync(path("numbers.csv"), `a,price\n${rows.join("\n")}\n`);
  const options = { threads: 1, folds: 4, strategy: "linear", out: path("numbers") } as const;
  const run = await train(path("numbers.csv"), { ...options, task: "tabular-regression" });
  // 0.01 of 4.01 is noise.
  expect(run.cross_validation).toMatchObject({ folds: 4, n: 120 });
  expect((run.cross_validation as { readonly r2: number }).r2).toBeGreaterThan(0.98);
  expect((await renderAnyResult(run)).join("\n")).toMatch(/expected {3}R² 0\.99/);
});
