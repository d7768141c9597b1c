// @module-tag thorough
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { EngraftError } from "../../src/core/errors.js";
import type { EngraftEvent } from "../../src/core/events/events.js";
import { baselineNames } from "../../src/core/results/baseline-names.js";
import { readScores } from "../../src/evaluate/recorded-scores.js";
import { evaluate, loadEntityModel, report, reportRuns, resume, train } from "../../src/index.js";
import { taggedSentences, writeTagged } from "../support/entity-data.js";
import { engraft, modelBytes, once } from "../support/fixtures.js";
import { stopRun } from "../support/stop-run.js";
import { writeTextBase } from "../support/text-base.js";

const folder = mkdtempSync(join(tmpdir(), "engraft-train-entities-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string): string => join(folder, name);
let data: string;
let base: string;
beforeAll(() => {
  base = writeTextBase(at("base"));
  data = writeTagged(at("data"), taggedSentences(200));
});
const common = { task: "token-classification", cache: false, threads: 1 } as const;

const probed = once(async () => {
  const events: EngraftEvent[] = [];
  const onEvent = (e: EngraftEvent) => events.push(e);
  const run = await train(data, { ...common, base, strategy: "probe", out: at("probe"), onEvent });
  return { run, events };
});
const tuned = once(async () => {
  const events: EngraftEvent[] = [];
  const onEvent = (e: EngraftEvent) => events.push(e);
  const run = await train(data, { ...common, base, epochs: 4, out: at("finetune"), onEvent });
  return { run, events };
});

test("a probe on a text encoder finds entities, and reports F1 by type", { tags: ["thorough"] }, async () => {
  const { run, events } = await probed();
  expect(run.types).toEqual(["MOOD", "THING"]);
  expect(run.labels).toEqual(["O", "B-MOOD", "I-MOOD", "B-THING", "I-THING"]);
  expect(run.test.f1).toBeGreaterThan(0.5);
  expect(run.test.f1_ci95[0]).toBeLessThanOrEqual(run.test.f1);
  expect(run.test.per_type.map(({ type }) => type)).toEqual(["MOOD", "THING"]);
  expect(events.map((e) => e.event)).toContain("forecast");
  const page = readFileSync(join(run.run, "report.html"), "utf8");
  expect(page).toContain("<h2>Confusion matrix</h2>");
});

test("fine-tuning moves the encoder, eval scores the same, and Transformers.js gives the same entities", {
  tags: ["thorough"],
}, async () => {
  const { run, events } = await tuned();
  const rates = events.flatMap((e) => (e.event === "trainable" ? e.groups.map((group) => group.rate) : []));
  // The rate for words: 5e-5 · 80 for the last layers of the smallest encoders, ten times that for the head.
  expect(Math.max(...rates)).toBeCloseTo(0.04, 10);
  // words, positions, three products of 32 × 32, and the head of five tags
  expect(run.trainable.parameters).toBe((29 + 24) * 32 + 3 * 32 * 32 + 5 * 33);
  expect(run.test.f1).toBeGreaterThan(0.9);
  expect(run.baselines.probe!.test.f1).toBeLessThanOrEqual(run.test.f1 + 0.02);
  expect(run.baselines.lookup.recipe).toBe("each word's most frequent tag in the training set");
  expect(events.find((e) => e.event === "epoch")).toMatchObject({
    validation: { metric: { name: "f1" } },
    validation_metric: { name: "f1" },
  });
  const scored = await evaluate(run.model, data, { threads: 1 });
  expect(scored.task === "token-classification" && scored.test.f1).toBe(run.test.f1);
  expect(scored.test.metric.ci95).toEqual(run.test.f1_ci95);

  // Two runs on one page are compared sentence by sentence.
  const before = (await probed()).run;
  const { runs } = await reportRuns([before.run, run.run], { out: at("both.html") });
  const [probe, finetune] = runs;
  expect(finetune!.difference).toMatchObject({ to: "probe" });
  expect((finetune!.difference as { gain: number }).gain).toBeCloseTo(
    finetune!.test!.value - probe!.test!.value,
    8,
  );

  const { pipeline, env } = await import("@huggingface/transformers");
  env.allowRemoteModels = false;
  const mark = await pipeline("token-classification", run.model, { local_files_only: true });
  const texts = ["the film phone was very good", "this is the book and the soup is awful"];
  const model = await loadEntityModel(run.model, { threads: 1 });
  const found = await model.mark(texts);
  await model.close();
  for (const [i, text] of texts.entries()) {
    const expected = await mark(text, { aggregation_strategy: "simple" });
    expect(expected.map((e) => [e.entity_group, e.word])).toEqual(
      found[i]!.map((e) => [e.entity_group, e.word]),
    );
    for (const [k, { score }] of expected.entries())
      expect(Math.abs(score - found[i]![k]!.score)).toBeLessThan(1e-3);
    for (const { word, start, end } of found[i]!) expect(text.slice(start, end)).toBe(word);
  }
  expect(found[0]!.map((e) => [e.entity_group, e.word])).toEqual([
    ["THING", "film phone"],
    ["MOOD", "good"],
  ]);
});

test("a text beyond the model's maximum length is split at sentences", { tags: ["thorough"] }, async () => {
  const model = await loadEntityModel((await tuned()).run.run, { threads: 1 });
  // At most 22 words fit, so a piece has three sentences of seven words.
  const one = "the film phone was very good. ";
  const marked = await model.mark([one.repeat(3), one.repeat(9)]);
  await model.close();
  // The toy has never seen a full stop: its tag is undecided, and a space behind the piece decides it.
  const [three, long] = marked.map((entities) => entities.filter(({ word }) => word !== "."));
  const shifted = [0, 3, 6].flatMap((n) =>
    three!.map(({ word, start, end, entity_group }) => [
      entity_group,
      word,
      start + n * one.length,
      end + n * one.length,
    ]),
  );
  expect(long!.map((e) => [e.entity_group, e.word, e.start, e.end])).toEqual(shifted);
  expect(long!.at(-1)!.start).toBeGreaterThan(8 * one.length);
});

test("a stopped run resumes to the same bits, and a finished one returns its result again", {
  tags: ["thorough"],
}, async () => {
  const options = { ...common, base, epochs: 3 } as const;
  const whole = await train(data, { ...options, out: at("whole") });
  await stopRun((how) => train(data, { ...options, out: at("stopped"), ...how }));
  const resumed = await resume(at("stopped"), { threads: 1 });
  if (resumed.task !== "token-classification") throw new Error(resumed.task);
  expect(resumed.test).toEqual(whole.test);
  expect(modelBytes(resumed.run).equals(modelBytes(whole.run))).toBe(true);
  expect(await resume(at("stopped"), { threads: 1 })).toMatchObject({ test: { f1: whole.test.f1 } });
});

test.each(["full", "last-n", "gradual", "discriminative", "l2-sp", "lora", "dora", "ia3"] as const)(
  "strategy %s learns entities",
  { tags: ["thorough"] },
  async (strategy) => {
    const run = await train(data, { ...common, base, strategy, epochs: 1, out: at(`by-${strategy}`) });
    expect(run.strategy.name).toBe(strategy);
    // Not below the interval of the probe from which it started.
    expect(run.test.f1).toBeGreaterThan(run.baselines.probe!.test.f1_ci95[0] - 0.05);
    const scored = await evaluate(run.model, data, { threads: 1 });
    expect(scored.test.metric.value).toBeCloseTo(run.test.f1, 10);
  },
);

test("batches have similar lengths, and a single graph for all lengths trains to the same result", {
  tags: ["thorough"],
}, async () => {
  const events: EngraftEvent[] = [];
  const options = { ...common, base, epochs: 1 } as const;
  const run = await train(data, { ...options, out: at("lengths"), onEvent: (e) => events.push(e) });
  const lengths = events.find((e) => e.event === "lengths")!;
  expect(lengths.event === "lengths" && lengths.batches.length).toBeGreaterThan(1);
  expect(lengths.event === "lengths" && lengths.padding).toBeLessThan(0.15);
  // With `recompute: "all"` there is only the longest graph: shorter rows are padded with weight 0.
  const filled = await train(data, { ...options, recompute: "all", out: at("filled") });
  expect(filled.validation.loss).toBeCloseTo(run.validation.loss, 3);
  expect(filled.test.f1).toBeCloseTo(run.test.f1, 2);
});

test("the baseline from scratch gives a verdict on F1", { tags: ["thorough"] }, async () => {
  const run = await train(data, {
    ...common,
    base,
    epochs: 1,
    baselines: true,
    scratchSteps: 12,
    seeds: 1,
    out: at("beside"),
  });
  expect(run.baselines.scratch!.recipe).toContain("random weights");
  expect(run.verdict!.words).toContain("F1");
  const { lookup, probe, scratch } = run.baselines;
  const { shares } = readScores(lookup.test)!;
  expect(shares.reduce((a, b) => a + b, 0) / shares.length).toBeCloseTo(lookup.test.f1, 10);
  // The look-up table needs no pretrained model. If it is better, the verdict must not claim that transfer helped.
  if (lookup.test.f1 > run.test.f1) expect(run.verdict!.ahead!.name).toBe(baselineNames.lookup);
  const best = run.verdict!.best_baseline!;
  const scores = { lookup, probe: probe!, scratch: scratch! };
  const named = Object.entries(scores).find(
    ([key]) => baselineNames[key as keyof typeof scores] === best.name,
  )!;
  expect(best.value).toBeCloseTo(named[1].test.f1, 10);
});

test("long sentences are truncated and counted, and their cut words count as O", {
  tags: ["thorough"],
}, async () => {
  const messages: string[] = [];
  const run = await train(data, {
    ...common,
    base,
    strategy: "probe",
    maxLength: 6,
    out: at("cut"),
    onEvent: (e) => e.event === "warning" && e.code === "truncated" && messages.push(e.message),
  });
  expect(messages).toHaveLength(1);
  expect(messages[0]).toMatch(
    /^\d+ of 200 sentences have more than 6 tokens: \d+ words behind are not seen, and count as answered O$/,
  );
  expect(run.test.unseen_words).toBeGreaterThan(0);
});

test("engraft predict prints one object per text, with offsets of the entities", {
  tags: ["thorough"],
}, async () => {
  const { out } = await engraft([
    "predict",
    (await tuned()).run.run,
    "the film phone was very good",
    "--json",
    "--threads",
    "1",
  ]);
  const [line, last] = out
    .trim()
    .split("\n")
    .map((text) => JSON.parse(text));
  expect(line).toMatchObject({
    event: "prediction",
    input: "the film phone was very good",
    entities: [
      { entity_group: "THING", word: "film phone", start: 4, end: 14 },
      { entity_group: "MOOD", word: "good", start: 24, end: 28 },
    ],
  });
  expect(last).toEqual({ event: "result", predictions: 1 });
});

test("16-bit weights, --lr find, class weights and label smoothing work with entities", {
  tags: ["thorough"],
}, async () => {
  const run = await train(data, {
    ...common,
    base,
    epochs: 1,
    lr: "find",
    weights: "fp16",
    option: { labelSmoothing: 0.1, classWeights: "balanced" },
    out: at("more"),
  });
  expect(run.rate_found).toBeGreaterThan(0);
  const scored = await evaluate(run.model, data, { threads: 1 });
  expect(scored.test.metric.value).toBeCloseTo(run.test.f1, 10);
});

test("the report of a finished run can be written again", { tags: ["thorough"] }, async () => {
  const { run } = await probed();
  const { report: page, status } = await report(run.run);
  expect(status).toBe("done");
  expect(readFileSync(page, "utf8")).toContain(">F1</a>");
  expect(readFileSync(join(run.model, "README.md"), "utf8")).toContain("pipeline_tag: token-classification");
});

test("refuses strategies for one label per item, options of other tasks, and unknown types", {
  tags: ["thorough"],
}, async () => {
  const refused = (options: object, file = data) =>
    train(file, { ...common, out: at("refused"), ...options }).then(
      () => "was trained",
      ({ details }: EngraftError) => details,
    );
  expect(await refused({ base, strategy: "bss" })).toEqual({ option: "strategy", needs: "feature row" });
  expect(await refused({ base, pooling: "cls" })).toEqual({ option: "pooling", needs: "feature row" });
  expect(await refused({ base, target: "tag" })).toEqual({ option: "target", needs: "target" });
  expect(await refused({ base, sampling: "balanced" })).toEqual({
    option: "sampling",
    needs: "class batches",
  });
  const other = writeTagged(at("other"), [
    [
      ["the", "O"],
      ["film", "B-FILM"],
    ],
    ...taggedSentences(20),
  ]);
  const { model } = (await tuned()).run;
  await expect(evaluate(model, other, { threads: 1 })).rejects.toThrow(
    'the model does not know 1 of the data\'s 3 types of entities: "FILM"',
  );
});

test("auto detects entities in columns, and trains on a part of them", { tags: ["thorough"] }, async () => {
  const messages: (string | undefined)[] = [];
  const run = await train(data, {
    base,
    task: "auto",
    strategy: "probe",
    trainSize: 60,
    cache: false,
    threads: 1,
    out: at("auto"),
    onEvent: (e) =>
      e.event === "data" && messages.push(e.task, ...(e.split_messages ?? []).map(({ code }) => code)),
  });
  expect(run.task).toBe("token-classification");
  expect(messages).toEqual([
    "token-classification",
    ...["split-shares", "only-train-given", "training-subset", "tag-scheme"],
  ]);
});
