// A model that is adapted without training: to other shares of its classes, and by pseudo labels.
// @module-tag thorough
import { cpSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { draws } from "../../src/core/random.js";
import { adapt, adaptModel, evaluate, load, resume, resumeAdapt, train } from "../../src/index.js";
import { engraft, tinyBase, tinyData } from "../support/fixtures.js";
import { writeSoundBase, writeSounds } from "../support/sound-data.js";

const root = mkdtempSync(join(tmpdir(), "engraft-source-free-"));
const at = (...parts: string[]): string => join(root, ...parts);
const quick = { threads: 1 } as const;
let runs = 0;
const fresh = (): string => at(`run-${runs++}`);

const words = {
  books: ["plot", "cover", "story", "page", "author", "chapter"],
  kitchen: ["pan", "oven", "knife", "kettle", "stove", "spoon"],
} as const;
const judgements = { good: ["great", "lovely", "fine"], bad: ["poor", "awful", "broken"] } as const;

/** Reviews, of which half say nothing of their class: for these the shares decide. */
function reviews(
  file: string,
  topic: keyof typeof words,
  counts: Readonly<Record<string, number>>,
  labelled = true,
): string {
  const draw = draws(1, file);
  const pick = <T>(list: readonly T[]): T => list[draw.integer(list.length)]!;
  const lines = Object.entries(counts).flatMap(([label, n]) =>
    Array.from({ length: n }, (_, i) => {
      const own = judgements[label as keyof typeof judgements] ?? ["odd"];
      const word = draw.chance(0.5) ? pick(own) : pick(["long", "short", "new", "old"]);
      const text = `the ${pick(words[topic])} and the ${pick(words[topic])} of number ${draw.integer(90_000)} ${label.length + i} look ${word}`;
      return labelled ? `${text},${label}` : text;
    }),
  );
  writeFileSync(at(file), [labelled ? "text,label" : "text", ...lines].join("\n"));
  return at(file);
}

beforeAll(async () => {
  process.env.ENGRAFT_CACHE = at("cache");
  reviews("source.csv", "books", { good: 200, bad: 200 });
  reviews("shifted.csv", "books", { good: 176, bad: 24 });
  reviews("same.csv", "books", { good: 100, bad: 100 });
  reviews("kitchen.csv", "kitchen", { good: 120, bad: 40 });
  await train(at("source.csv"), { ...quick, strategy: "probe", baselines: false, out: at("model") });
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const shifted = (target: string, options: object = {}) =>
  adaptModel(at("model"), at(target), { ...quick, method: "label-shift", out: fresh(), ...options });

test("a pure label shift is corrected, and the saved model predicts what was reported", async () => {
  const run = await shifted("shifted.csv");
  expect(run.changed).toBe(true);
  const good = run.shares.find(({ name }) => name === "good")!;
  expect(good.old).toBeCloseTo(0.5, 1);
  expect(Math.abs(good.share - 0.88)).toBeLessThan(0.08);
  expect(run.held).toBe(400);
  expect(run.guard).not.toHaveProperty("refused");
  expect(run.gain!.value).toBeGreaterThan(0.05);
  expect(run.gain!.models_ci95![0]).toBeGreaterThan(0);

  const scored = await evaluate(run.model, at("shifted.csv"), quick);
  if (scored.task !== "text-classification") throw new Error(scored.task);
  expect(scored.test.accuracy).toBe(run.test!.accuracy);
  expect(scored.test.confusion).toEqual(run.test!.confusion);
  expect(Math.abs(scored.test.loss - run.test!.loss)).toBeLessThan(1e-4);
  // The mean probability is the estimated share: the last layer is EM's.
  const model = await load(run.model, quick);
  if (model.task !== "text-classification") throw new Error(model.task);
  const texts = readFileSync(at("shifted.csv"), "utf8")
    .split("\n")
    .slice(1)
    .map((line) => line.split(",")[0]!);
  const answers = await model.predict(texts);
  await model.close();
  const mean =
    answers.reduce((sum, one) => sum + one.find(({ label }) => label === "good")!.score, 0) / texts.length;
  expect(mean).toBeCloseTo(good.share, 3);

  const card = readFileSync(join(run.model, "README.md"), "utf8");
  expect(card).toMatch(/good \d\d\.\d.% to \d\d\.\d.% \(95 % interval \d\d\.\d.to.\d+\.\d.%\)/);
  expect(card).toMatch(/\)\. Note: the new model has no prediction sets .* old predictions\.\n/);
  expect(readFileSync(join(run.run, "report.html"), "utf8")).toContain("Shares of the classes");
  const { trust } = JSON.parse(readFileSync(join(run.model, "engraft.json"), "utf8"));
  expect(trust).toBeUndefined();
  expect(await resume(run.run)).toMatchObject({ task: "source-free-adaptation", shares: run.shares });
});

test("without a shift nothing changes", async () => {
  const run = await shifted("same.csv");
  expect(run).toMatchObject({ changed: false, other_predictions: 0, gain: { value: 0 } });
  for (const { old, ci95 } of run.shares) {
    expect(ci95![0]).toBeLessThan(old);
    expect(ci95![1]).toBeGreaterThan(old);
  }
  const [before, after] = [at("model", "model"), run.model].map((dir) =>
    readFileSync(join(dir, "engraft.json"), "utf8"),
  );
  expect(JSON.parse(after!).trust).toEqual(JSON.parse(before!).trust);
  expect(run.test).toEqual(run.before);
});

test("another domain is refused with both distances, and --force adapts all the same", async () => {
  const out = fresh();
  const { code, err } = await engraft(
    ["adapt", at("model"), at("kitchen.csv"), "--method", "label-shift", "--threads", "1", "--out", out],
    { cwd: root },
  );
  expect(code).toBe(2);
  expect(err).toMatch(
    /the target differs from the source in more than the shares of its classes: their A-distance is [12]\.\d\d \(\d\.\d\d to 2\.00\), that of two halves of the source 0\.\d\d/,
  );
  expect(() => readFileSync(join(out, "run.json"))).toThrow();
  const forced = await shifted("kitchen.csv", { force: true });
  expect(forced).toMatchObject({ forced: true, guard: { refused: "differ" } });
});

test("without labels nothing is scored, and the screen says so", async () => {
  reviews("nameless.csv", "books", { good: 176, bad: 24 }, false);
  const { code, out } = await engraft(
    ["adapt", at("model"), at("nameless.csv"), "--method", "label-shift", "--threads", "1", "--out", fresh()],
    { cwd: root },
  );
  expect(code).toBe(0);
  expect(out).toContain("The target has no labels, so nothing can be scored.");
  expect(out).toMatch(/good +5\d\.\d % +\d\d\.\d % \(/);
});

test("a target with labels of one class, of some samples, or in columns of other names is taken", async () => {
  reviews("one-class.csv", "books", { good: 60 });
  expect(await shifted("one-class.csv", { force: true })).toMatchObject({
    target: { n: 60, labelled: true },
    test: { n: 60 },
  });

  const [, ...rows] = readFileSync(at("shifted.csv"), "utf8").split("\n");
  const some = rows.map((row, i) => (i % 4 === 0 ? row : row.replace(/,(good|bad)$/, ",")));
  writeFileSync(at("some.csv"), ["review,mood", ...some].join("\n"));
  const named = ["--text", "review", "--target", "mood", "--threads", "1", "--out", fresh()];
  const { code, out, err } = await engraft(
    ["adapt", at("model"), at("some.csv"), "--method", "label-shift", ...named],
    { cwd: root },
  );
  expect([code, err]).toEqual([0, expect.stringContaining("prediction sets")]);
  expect(out).toMatch(/label-shift: \d+ texts of 200 predicted otherwise/);
  // No part of the target is only trained on or only tested on.
  expect(out + err).not.toContain("to choose");
  expect(out + err).toContain("200 texts");
  const { result } = JSON.parse(readFileSync(join(named.at(-1)!, "run.json"), "utf8"));
  expect(result).toMatchObject({ target: { n: 200, labelled: true }, test: { n: 50 }, changed: true });
  expect(readFileSync(join(result.model, "README.md"), "utf8")).toContain(
    "the new model has no prediction sets and no confidence threshold",
  );
});

test("a wrong path of a model is named, and a cure that would fail is not given", async () => {
  const wrong = await engraft(["adapt", at("modle"), at("same.csv"), "--method", "label-shift"], {
    cwd: root,
  });
  expect([wrong.code, wrong.err]).toEqual([
    2,
    expect.stringMatching(new RegExp(`^ModelError: .* ${at("modle")}\n`)),
  ]);
  // Without the run, neither the source nor its shares are known.
  cpSync(at("model", "model"), at("alone"), { recursive: true });
  await expect(
    adaptModel(at("alone"), at("same.csv"), { ...quick, method: "label-shift", out: fresh() }),
  ).rejects.toMatchObject({ help: expect.not.stringContaining("--force") });
});

test("groups of the source are compared with groups of the target as wholes", async () => {
  // Each author uses an own word, so a classifier can separate the samples of two authors.
  const authored = (file: string, authors: readonly number[]): string => {
    const draw = draws(2, file);
    const lines = authors.flatMap((author) =>
      Array.from({ length: 10 }, (_, i) => {
        const label = i % 2 === 0 ? "good" : "bad";
        const word = judgements[label][draw.integer(3)];
        const own = String.fromCharCode(97 + (author % 26)).repeat(4 + Math.floor(author / 26));
        return `${own} ${own} the ${words.books[draw.integer(6)]} of number ${draw.integer(90_000)} is ${word},${label},${author}`;
      }),
    );
    writeFileSync(at(file), ["text,label,group", ...lines].join("\n"));
    return at(file);
  };
  const numbers = Array.from({ length: 72 }, (_, i) => i);
  const source = authored("authors.csv", numbers.slice(0, 48));
  await train(source, { ...quick, strategy: "probe", baselines: false, out: at("authors") });
  const from = (file: string, authors: readonly number[]) =>
    adaptModel(at("authors"), authored(file, authors), { ...quick, method: "label-shift", out: fresh() });
  const run = await from("others.csv", numbers.slice(48));
  expect(run).toMatchObject({ changed: false });
  expect(run.guard).not.toHaveProperty("refused");
  await expect(from("few.csv", numbers.slice(48, 52))).rejects.toThrow("there are too few groups of texts");
});

test("without the source label shift is refused, and says why; --force takes the recorded shares", async () => {
  renameSync(at("source.csv"), at("elsewhere.csv"));
  try {
    await expect(shifted("shifted.csv")).rejects.toThrow(
      `label-shift needs the source: the data of the model's run are not at "${at("source.csv")}"`,
    );
    const forced = await shifted("shifted.csv", { force: true });
    expect(forced).toMatchObject({ forced: true, guard: { refused: "no source" } });
    expect(forced).not.toHaveProperty("held");
    expect(forced.gain!.value).toBeGreaterThan(0);
    // SHOT needs no source.
    const shot = await shifted("same.csv", { method: "shot-head" });
    expect(shot).toMatchObject({ changed: true, test: { n: 200 } });
    expect(shot).not.toHaveProperty("guard");
  } finally {
    renameSync(at("elsewhere.csv"), at("source.csv"));
  }
});

test("a target with other classes, one sample, or the model's own data is refused", async () => {
  reviews("foreign.csv", "books", { good: 20, odd: 20 });
  await expect(shifted("foreign.csv")).rejects.toMatchObject({
    kind: "DataError",
    details: { foreign: ["odd"] },
  });
  writeFileSync(at("one.csv"), "text\nthe plot is great\n");
  await expect(shifted("one.csv")).rejects.toThrow("the target has 1 text");
  writeFileSync(at("none.csv"), "text\n");
  await expect(shifted("none.csv")).rejects.toMatchObject({ kind: "DataError" });
  await expect(shifted("source.csv")).rejects.toThrow(
    /the model was trained or tested on \d+ of the target's \d+ texts/,
  );
  await expect(shifted("missing.csv")).rejects.toThrow("there is no target at");
});

test("a source without a model, and a model without a method for one, are refused", async () => {
  await expect(adapt(at("source.csv"), at("same.csv"), { method: "shot" })).rejects.toThrow(
    "shot adapts a model, and the source is data",
  );
  await expect(
    adaptModel(at("model"), at("same.csv"), { method: "moments" as "shot", out: fresh() }),
  ).rejects.toThrow('method is "moments"');
  const { code, err } = await engraft(["adapt", at("model"), at("same.csv")], { cwd: root });
  expect(code).toBe(2);
  expect(err).toContain("auto adapts from data, and the source is a model");
});

test("samples that the model learnt from are neither used nor scored, and an adapted model is not adapted again", async () => {
  const some = (name: string, count: number): string[] => {
    const [, ...rows] = readFileSync(at(name), "utf8").trim().split("\n");
    return Array.from({ length: count }, (_, i) => rows[Math.floor((i * rows.length) / count)]!);
  };
  const rows = [...some("source.csv", 40), ...some("same.csv", 60)];
  writeFileSync(at("overlap.csv"), ["text,label", ...rows].join("\n"));
  const run = await shifted("overlap.csv", { method: "shot-head" });
  expect(run.target.n).toBeLessThan(100);
  expect(run.target.n).toBeGreaterThanOrEqual(60);
  const again = await evaluate(run.model, at("overlap.csv"), quick);
  expect((again.test as { n: number }).n).toBe(run.target.n);
  await expect(
    adaptModel(run.run, at("same.csv"), { method: "shot-head", out: fresh() }),
  ).rejects.toMatchObject({
    message: "the model was adapted already",
    help: expect.stringMatching(/--method shot-head$/),
  });
  // New samples are scored beside those of the target.
  writeFileSync(at("later.csv"), ["text,label", ...rows, ...some("shifted.csv", 30)].join("\n"));
  const later = await evaluate(run.model, at("later.csv"), quick);
  expect((later.test as { n: number }).n).toBe(run.target.n + 30);
  writeFileSync(
    at("few.csv"),
    ["text,label", ...some("source.csv", 40).slice(0, 6), ...some("shifted.csv", 6)].join("\n"),
  );
  await expect(shifted("few.csv", { method: "shot-head" })).rejects.toMatchObject({
    kind: "DataError",
    details: { samples: 6 },
  });
});

test.each(["shot", "shot-head"])(
  "a target that the model gives one class is refused by %s",
  async (method) => {
    writeFileSync(
      at("only.csv"),
      [
        "text",
        ...Array.from({ length: 12 }, (_, i) => `the plot number ${i} is great and lovely and fine`),
      ].join("\n"),
    );
    await expect(shifted("only.csv", { method })).rejects.toThrow(
      'the model predicts "good" for all texts of the target',
    );
  },
);

test("a stopped run is resumed with the same target and model only", async () => {
  const [out, target] = [fresh(), reviews("moving.csv", "books", { good: 88, bad: 12 })];
  const stop = new AbortController();
  const stopped = shifted("moving.csv", {
    method: "shot-head",
    out,
    signal: stop.signal,
    onEvent: ({ event }: { event: string }) => event === "base" && stop.abort(),
  });
  await expect(stopped).rejects.toMatchObject({ kind: "Interrupted" });
  await expect(resumeAdapt(at("model"))).rejects.toThrow(`"${at("model")}" is a training, not an adaptation`);
  const rows = readFileSync(target, "utf8");
  writeFileSync(target, rows.replace(/,good$/m, ",bad"));
  await expect(resume(out)).rejects.toMatchObject({
    code: "other-data",
    details: { how: expect.stringMatching(/^1 with another target \(/) },
  });
  writeFileSync(target, rows);
  const manifest = readFileSync(join(out, "run.json"), "utf8");
  const { base_sha256: model } = JSON.parse(manifest);
  writeFileSync(join(out, "run.json"), manifest.replace(model, "0".repeat(64)));
  await expect(resume(out)).rejects.toMatchObject({ details: { changed: "base", before: "0".repeat(64) } });
  writeFileSync(join(out, "run.json"), manifest);
  expect(await resumeAdapt(out)).toMatchObject({ task: "source-free-adaptation", target: { n: 100 } });
});

test("options of the other sources of adapt are refused by what they are for", async () => {
  await expect(shifted("same.csv", { epochs: 3 })).rejects.toMatchObject({
    message: "the option epochs is for shot, and label-shift trains nothing",
    help: "leave it out",
  });
  await expect(shifted("same.csv", { terms: 300 })).rejects.toThrow(
    "the option terms is for methods that adapt from data, and label-shift adapts a model",
  );
  await expect(adapt(at("source.csv"), at("kitchen.csv"), { force: true } as object)).rejects.toMatchObject({
    details: { option: "force" },
  });
  await expect(shifted("same.csv", { epoch: 3 })).rejects.toMatchObject({ details: { unknown: "epoch" } });
});

test("models of pictures and sounds are adapted by every method", async () => {
  tinyBase(at("base"));
  await tinyData(at("insects"), { ant: 40, bee: 40 });
  await tinyData(at("field"), { ant: 8, bee: 40 }, 900);
  const [tones, others] = [writeSounds(at("tones"), 40), writeSounds(at("others"), 60)];
  const sets = [
    { source: at("insects"), target: at("field"), base: at("base"), out: at("pictures") },
    { source: tones, target: others, base: writeSoundBase(at("ears")), out: at("sounds") },
  ];
  for (const { target, source, ...how } of sets) {
    await train(source, { ...quick, ...how, strategy: "probe", baselines: false });
    for (const method of ["label-shift", "shot", "shot-head"] as const) {
      const own = { ...quick, ...(method === "shot" && { epochs: 1 }), method, force: true };
      const run = await adaptModel(how.out, target, { ...own, out: fresh() });
      const scored = await evaluate(run.model, target, quick);
      if (!("confusion" in scored.test)) throw new Error(scored.task);
      expect(scored.test.confusion).toEqual(run.test!.confusion);
    }
  }
  // Without labels, nothing can be scored.
  for (const kind of ["fall", "rise"])
    for (const name of readdirSync(join(others, kind)))
      cpSync(join(others, kind, name), at("flat", "all", `${kind}-${name}`));
  const run = await adaptModel(at("sounds"), at("flat"), { ...quick, method: "shot-head", out: fresh() });
  expect(run.changed).toBe(true);
  expect(run.test).toBeUndefined();
});
