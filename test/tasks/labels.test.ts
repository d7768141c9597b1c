// @module-tag thorough
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { EngraftError } from "../../src/core/errors.js";
import type { EngraftEvent } from "../../src/core/events/events.js";
import { readScores } from "../../src/evaluate/recorded-scores.js";
import { evaluate, loadLabelModel, report, reportRuns, resume, train } from "../../src/index.js";
import { engraft, modelBytes, once } from "../support/fixtures.js";
import { labelledTexts, labels } from "../support/label-data.js";
import { stopRun } from "../support/stop-run.js";
import { writeTextBase } from "../support/text-base.js";

const folder = mkdtempSync(join(tmpdir(), "engraft-train-labels-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string): string => join(folder, name);
const write = (name: string, content: string): string => {
  writeFileSync(at(name), content);
  return at(name);
};
const texts = labelledTexts(240);
let base: string;
let parted: string;
let columns: string;
let objects: string;
beforeAll(() => {
  base = writeTextBase(at("base"));
  parted = write(
    "parted.csv",
    `text,labels\n${texts.map((t) => `${t.text},${t.labels.join("|")}`).join("\n")}\n`,
  );
  columns = write(
    "columns.csv",
    `text,${labels.join(",")}\n${texts
      .map((t) => [t.text, ...labels.map((label) => (t.labels.includes(label) ? 1 : 0))].join(","))
      .join("\n")}\n`,
  );
  objects = write("objects.jsonl", texts.map((t) => JSON.stringify(t)).join("\n"));
});
const common = { task: "multi-label-classification", cache: false, threads: 1 } as const;

const probed = once(() => probeOf(parted, "probe"));
const tuned = once(async () => {
  const epochs: EngraftEvent[] = [];
  const onEvent = (e: EngraftEvent) => e.event === "epoch" && epochs.push(e);
  return { run: await train(parted, { ...common, base, epochs: 5, out: at("finetune"), onEvent }), epochs };
});

/** A probe of a task that is detected, with what the data's event says of the labels. */
async function probeOf(data: string, out: string, more: object = {}) {
  let words = "";
  const run = await train(data, {
    ...{ ...common, task: "auto", base, strategy: "probe", out: at(out), ...more },
    onEvent(e) {
      if (e.event === "data") words = e.split_words.split("; ").at(-1)!;
    },
  });
  if (run.task !== "multi-label-classification") throw new Error(run.task);
  return { ...run, words };
}

test("a probe learns labels from every format of the list", { tags: ["thorough"] }, async () => {
  const one = await probed();
  const two = await probeOf(columns, "probe-columns", { labels: labels.join(",") });
  const three = await probeOf(objects, "probe-objects");
  expect(one.classes).toEqual(labels);
  expect(one.test.micro_f1).toBeGreaterThan(0.8);
  expect(one.test.micro_f1_ci95[0]).toBeLessThanOrEqual(one.test.micro_f1);
  expect(one.test.without_labels.n).toBeGreaterThan(0);
  expect([two.test, three.test]).toEqual(
    [one.test, one.test].map((t) => ({ ...t, worst: expect.anything() })),
  );
  expect([one, two, three].map(({ words }) => words)).toEqual([
    'labels from "labels", separated by "|"',
    "a label from each of 4 columns of 0 and 1",
    'labels from "labels", which holds lists',
  ]);
});

test("fine-tuning moves the encoder, eval scores the same, and Transformers.js gives the same probabilities", {
  tags: ["thorough"],
}, async () => {
  const { run, epochs } = await tuned();
  // words, positions, three products of 32 × 32, and the head of four labels
  expect(run.trainable.parameters).toBe((29 + 24) * 32 + 3 * 32 * 32 + 4 * 33);
  expect(run.test.micro_f1).toBeGreaterThan(0.9);
  expect(epochs[0]).toMatchObject({
    validation: { metric: { name: "f1" } },
    validation_metric: { name: "f1" },
  });
  expect(run.thresholds).toEqual({ rule: "fixed", values: [0.5, 0.5, 0.5, 0.5] });
  const scored = await evaluate(run.model, parted, { threads: 1 });
  expect(run.test.scores).toMatchObject({ metric: "f1", k: 3 });
  const { values } = run.test.scores!;
  expect(values).toHaveLength(3 * run.test.n);
  const [found, predicted, correct] = [0, 1, 2].map((k) =>
    values.filter((_, i) => i % 3 === k).reduce((sum, value) => sum + value, 0),
  );
  expect((2 * correct!) / (found! + predicted!)).toBeCloseTo(run.test.micro_f1, 9);
  expect(scored.task === "multi-label-classification" && scored.test).toEqual(run.test);

  // Two runs on one page are compared text by text.
  const before = await probed();
  const { runs } = await reportRuns([before.run, run.run], { out: at("both.html") });
  const [probe, finetune] = runs;
  expect(finetune!.difference).toMatchObject({ to: "probe" });
  expect((finetune!.difference as { gain: number }).gain).toBeCloseTo(
    finetune!.test!.value - probe!.test!.value,
    8,
  );
  const config = JSON.parse(readFileSync(join(run.model, "config.json"), "utf8"));
  expect(config.problem_type).toBe("multi_label_classification");

  const { pipeline, env } = await import("@huggingface/transformers");
  env.allowRemoteModels = false;
  const classify = await pipeline("text-classification", run.model, { local_files_only: true });
  const some = ["the book was good", "this film is very bad and slow", "it was so"];
  const model = await loadLabelModel(run.model, { threads: 1 });
  const ours = await model.predict(some);
  await model.close();
  for (const [i, text] of some.entries()) {
    const theirs = (await classify(text, { top_k: null as unknown as number })) as {
      label: string;
      score: number;
    }[];
    expect(theirs).toHaveLength(labels.length);
    const of = new Map(theirs.map(({ label, score }) => [label, score]));
    for (const { label, score } of ours[i]!.all) expect(Math.abs(of.get(label)! - score)).toBeLessThan(1e-3);
  }
  const said = ours.map((o) => o.labels.map(({ label }) => label));
  expect(said[0]).toEqual(expect.arrayContaining(["book", "praise"]));
  expect(said[1]).toEqual(expect.arrayContaining(["blame", "film"]));
  expect(said[2]).toEqual([]);
});

test("a stopped run resumes to the same bits", { tags: ["thorough"] }, async () => {
  const options = { ...common, base, epochs: 3 } as const;
  const whole = await train(parted, { ...options, out: at("whole") });
  await stopRun((how) => train(parted, { ...options, out: at("stopped"), ...how }));
  const resumed = await resume(at("stopped"), { threads: 1 });
  if (resumed.task !== "multi-label-classification") throw new Error(resumed.task);
  expect(resumed.test).toEqual(whole.test);
  expect(modelBytes(resumed.run).equals(modelBytes(whole.run))).toBe(true);
});

test.each(["full", "last-n", "gradual", "l2-sp", "bss", "lora"] as const)(
  "strategy %s learns labels",
  { tags: ["thorough"] },
  async (strategy) => {
    const run = await train(parted, { ...common, base, strategy, epochs: 1, out: at(`by-${strategy}`) });
    expect(run.strategy.name).toBe(strategy);
    // Not below the interval of the probe from which it started.
    expect(run.test.micro_f1).toBeGreaterThan(run.baselines.probe!.test.micro_f1_ci95[0] - 0.05);
  },
);

test("baselines are TF-IDF and the network from scratch, with a verdict in report and card", {
  tags: ["thorough"],
}, async () => {
  const run = await train(parted, {
    ...common,
    base,
    epochs: 1,
    baselines: true,
    scratchSteps: 12,
    seeds: 1,
    weights: "fp16",
    out: at("beside"),
  });
  expect(run.baselines.scratch!.recipe).toContain("random weights");
  expect(run.baselines.tf_idf!.test.micro_f1).toBeGreaterThan(0.9);
  // The baseline predicts each label for all test texts or for none.
  const { frequent, tf_idf: words } = run.baselines;
  const predicted = frequent!.test.per_label.filter(({ predicted }) => predicted > 0);
  expect(predicted.every(({ predicted }) => predicted === run.test.n)).toBe(true);
  expect(frequent!.recipe).toMatch(
    new RegExp(`^always the ${predicted.length} most frequent labels? of the training set$`),
  );
  expect(run.verdict!.words).toContain("F1");
  expect(run.verdict!.best_baseline!.validation).toBeGreaterThan(0.5);
  // Contributions of the samples to F1; their mean is F1.
  const { shares } = readScores(words!.test)!;
  expect(shares.reduce((a, b) => a + b, 0) / shares.length).toBeCloseTo(words!.test.micro_f1, 10);
  const { report: page } = await report(run.run);
  expect(readFileSync(page, "utf8")).toContain(">Micro F1</a>");
  expect(readFileSync(join(run.model, "README.md"), "utf8")).toContain("multi-label-classification");
});

test("engraft predict prints the labels of texts, also if there are none", {
  tags: ["thorough"],
}, async () => {
  const { out } = await engraft([
    "predict",
    (await tuned()).run.run,
    "the book was good",
    "it was so",
    "--json",
    "--threads",
    "1",
  ]);
  const [one, none, last] = out
    .trim()
    .split("\n")
    .map((text) => JSON.parse(text));
  expect(one.labels.map((l: { label: string }) => l.label)).toEqual(
    expect.arrayContaining(["book", "praise"]),
  );
  expect(none.labels).toEqual([]);
  expect(none.top).toHaveLength(1);
  expect(last).toEqual({ event: "result", predictions: 2 });
});

test("thresholds chosen on validation are saved with the model, and eval uses them", {
  tags: ["thorough"],
}, async () => {
  const run = await train(parted, {
    ...common,
    base,
    strategy: "probe",
    threshold: "validation",
    out: at("thresholds"),
  });
  expect(run.thresholds.rule).toBe("validation");
  expect(run.thresholds.values).not.toEqual([0.5, 0.5, 0.5, 0.5]);
  const scored = await evaluate(run.model, columns, { threads: 1 });
  expect(scored.task === "multi-label-classification" && scored.test.micro_f1).toBe(run.test.micro_f1);
  const model = await loadLabelModel(run.model, { threads: 1 });
  expect(model.thresholds).toEqual(run.thresholds.values);
  await model.close();
});

test("invalid labels, strategies, settings and columns are refused", { tags: ["thorough"] }, async () => {
  const refused = (data: string, options: object = {}) =>
    train(data, { ...common, base, strategy: "probe", out: at("refused"), ...options }).then(
      () => "was trained",
      (error: EngraftError) => (error.details.needs ? error.details : error.message),
    );
  const rows = (labelOf: (i: number) => string) =>
    Array.from({ length: 20 }, (_, i) => `text number ${i},${labelOf(i)}`).join("\n");
  const list = (name: string, labelOf: (i: number) => string) =>
    write(name, `text,labels\n${rows(labelOf)}\n`);
  expect(await refused(list("none.csv", () => ""))).toBe('no item of "none.csv" has a label');
  expect(await refused(list("one.csv", (i) => (i % 2 ? "late" : "")))).toBe(
    'only one label in "one.csv": "late"',
  );
  expect(await refused(list("all.csv", () => "late|broken"))).toBe(
    'every item of "all.csv" has the same labels: "late", "broken"',
  );
  expect(await refused(list("ids.csv", (i) => `a${i}|b${i}`))).toBe(
    '40 different labels for 20 items in "ids.csv": that looks like ids or free text',
  );
  expect(await refused(columns, { labels: "blame,colour" })).toBe('"columns.csv" has no column "colour"');
  expect(await refused(columns, { labels: "text,blame" })).toContain('in "text": no 0 or 1');
  expect(await refused(parted, { strategy: "lwf" })).toEqual({
    option: "strategy",
    needs: "base classifier",
  });
  expect(await refused(parted, { strategy: "finetune", option: { focal: 2 } })).toEqual({
    option: "focal",
    needs: "softmax",
  });
  expect(await refused(parted, { imageSize: 32 })).toEqual({ option: "imageSize", needs: "images" });
  expect(await refused(parted, { calibrate: "temperature" })).toEqual({
    option: "calibrate",
    needs: "calibration",
  });
  const other = list("other.csv", (i) => (i % 2 ? "late|blame" : "praise"));
  const { model } = await probed();
  await expect(evaluate(model, other, { threads: 1 })).rejects.toThrow(
    'the model does not know 1 label of the data: "late"',
  );
});

test("warnings report labels without training items, labels that all items have, and items without labels", {
  tags: ["thorough"],
}, async () => {
  const warnings: string[] = [];
  const data = write(
    "odd.csv",
    `text,labels,split\n${texts
      .slice(0, 60)
      .map((t, i) => {
        const own = i < 40 ? ["always", ...t.labels] : t.labels;
        const more = i === 50 ? ["seldom"] : [];
        return `${t.text},${[...own, ...more].join(";")},${i < 40 ? "train" : i < 50 ? "val" : "test"}`;
      })
      .join("\n")}\n`,
  );
  const run = await train(data, {
    ...common,
    base,
    strategy: "probe",
    out: at("odd"),
    onEvent: (e) => e.event === "warning" && warnings.push(e.message),
  });
  expect(warnings).toEqual([
    'no item of the training part has the label "seldom": the model will never predict it',
    'every item of the training part has the label "always": the model will always predict it',
    expect.stringMatching(/^\d+ items of 60 have no label: taken as items that none of them fits$/),
  ]);
  const seldom = run.test.per_label.find(({ label }) => label === "seldom")!;
  expect([seldom.n, seldom.predicted]).toEqual([1, 0]);
});
