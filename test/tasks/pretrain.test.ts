// `engraft pretrain`: continued pretraining of a text model on unlabelled texts, which gives a base for `train`.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { resumeTraining } from "../../src/api/resume-training.js";
import { renderPretrainResult } from "../../src/cli/commands/pretrain.js";
import { renderEvent } from "../../src/cli/render/render.js";
import type { EngraftEvent, EpochEvent } from "../../src/core/events/events.js";
import { openUnlabelledTexts } from "../../src/data/texts/unlabelled-texts.js";
import { fromOnnx } from "../../src/graph/from-onnx.js";
import { load, type PretrainOptions, pretrain, resume, resumePretrain, train } from "../../src/index.js";
import { nodePlatform } from "../../src/platform/node.js";
import { engraft, modelBytes, type RunOptions } from "../support/fixtures.js";
import { writeDecoder } from "../support/golden-decoders.js";
import { reviews, writeTextBase } from "../support/text-base.js";

const root = mkdtempSync(join(tmpdir(), "engraft-pretrain-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const at = (...parts: string[]): string => join(root, ...parts);
const cache = at("cache");
let [base, texts] = ["", ""];
const lines = reviews(240).map(({ text }) => text);
// Enough texts for an interval of the gain that excludes 0.
const more = reviews(800).map(({ text }) => text);
beforeAll(() => {
  base = writeTextBase(at("base"));
  texts = at("reviews.txt");
  writeFileSync(texts, `${lines.join("\n")}\n`);
});
const common = { threads: 1, maxLength: 24, batchSize: 8 } as const;

test("hidden words of held-back texts are predicted better, with new weights in the same graph, and train accepts the base", {
  tags: ["thorough"],
}, async () => {
  const events: EngraftEvent[] = [];
  writeFileSync(at("many.txt"), `${more.join("\n")}\n`);
  const run = await pretrain(at("many.txt"), {
    ...common,
    base,
    epochs: 12,
    lr: 5e-3,
    out: at("masked"),
    onEvent: (e) => events.push(e),
  });
  expect(run.objective.name).toBe("masked");
  expect(run.split).toEqual({ train: 720, validation: 80, test: 0, seed: 0 });
  // The vocabulary has 34 tokens, so guessing has perplexity 34.
  expect(run.before.perplexity).toBeLessThan(34);
  expect(run.after.perplexity).toBeLessThan(run.before.perplexity);
  expect(run.gain.ci95![0]).toBeGreaterThan(0);
  expect(run.gain.loss).toBeCloseTo(run.before.loss - run.after.loss, 10);
  const [low, high] = run.after.perplexity_ci95!;
  expect(low).toBeLessThan(run.after.perplexity);
  expect(high).toBeGreaterThan(run.after.perplexity);
  expect(Math.exp(run.after.loss)).toBeCloseTo(run.after.perplexity, 10);
  // As every epoch saw it.
  const epochs = events.filter((e): e is EpochEvent => e.event === "epoch");
  expect(new Set(epochs.map(({ stage }) => stage))).toEqual(new Set(["head", "pretrain"]));
  const best = epochs.find(({ stage, epoch }) => stage === "pretrain" && epoch === run.best_epoch)!;
  expect(best.validation.metric.name).toBe("perplexity");
  expect(best.validation.metric.value).toBeCloseTo(run.after.perplexity, 3);
  const kinds = events.map(({ event }) => event);
  for (const kind of [
    "start",
    "data",
    "base",
    "trainable",
    "forecast",
    "progress",
    "epoch",
    "result",
  ] as const)
    expect(kinds).toContain(kind);
  expect(events.flatMap((event) => renderEvent(event)).join("\n")).toContain(
    "80 of 800 texts held back, seed 0",
  );
  expect(renderPretrainResult(run).join("\n")).toMatch(/before: perplexity [\s\S]*after: {2}perplexity/);

  const before = fromOnnx(readFileSync(join(base, "onnx/model.onnx"))).graph;
  const after = fromOnnx(modelBytes(run.run)).graph;
  expect(after.nodes).toEqual(before.nodes);
  expect(after.outputs).toEqual(before.outputs);
  expect(after.inputs.map((v) => after.typeOf(v))).toEqual(before.inputs.map((v) => before.typeOf(v)));
  expect([...after.initializers.keys()].sort()).toEqual([...before.initializers.keys()].sort());
  const moved = [...before.initializers].filter(([name, { data }]) =>
    after.initializers.get(name)!.data.some((v, i) => v !== data[i]),
  );
  expect(moved.map(([name]) => name).sort()).toEqual(["key", "positions", "query", "value", "words"]);

  writeFileSync(
    at("labelled.csv"),
    `text,label\n${reviews(80)
      .map((r) => `${r.text},${r.label}`)
      .join("\n")}\n`,
  );
  const trained = await train(at("labelled.csv"), {
    task: "text-classification",
    base: run.run,
    strategy: "probe",
    threads: 1,
    cache: false,
    out: at("trained"),
  });
  expect(trained.base.name).toBe("masked");
  expect(trained.test.accuracy).toBeGreaterThan(0.8);
  const card = readFileSync(join(run.model, "README.md"), "utf8");
  expect(card).toContain("720 texts");
  expect(card).not.toContain(root);

  // A finished run returns its result again, by either name. `engraft train --resume` names the right command.
  expect(await resumePretrain(run.run)).toEqual(run);
  expect(await resume(run.run)).toEqual(run);
  await expect(resumeTraining(run.run)).rejects.toThrow("is a pretraining on texts, not a training");
  await expect(load(run.run)).rejects.toMatchObject({
    kind: "ModelError",
    message: "the model is a text encoder without classes: it predicts nothing",
    help: "train it: engraft train <texts> --base FOLDER, or train(texts, { base: folder })",
  });
  await expect(resumePretrain(at("trained"))).rejects.toThrow("is a training, not a pretraining on texts");
});

test("a decoder of the hub, with a cache, predicts the next token", { tags: ["thorough"] }, async () => {
  const decoder = writeDecoder(at("decoder"));
  const run = await pretrain(texts, { ...common, base: decoder, epochs: 4, lr: 5e-3, out: at("causal") });
  expect(run.objective.name).toBe("causal");
  expect(run.after.perplexity).toBeLessThan(run.before.perplexity);
  expect(run.gain.ci95![0]).toBeGreaterThan(0);
  await expect(
    pretrain(texts, { ...common, base: decoder, wholeWords: true, out: at("no") }),
  ).rejects.toThrow("wholeWords means nothing for decoder: it sees only the tokens before a place");
});

test("options of the training loop are those of `train`", { tags: ["thorough"] }, async () => {
  const events: EngraftEvent[] = [];
  const run = await pretrain(texts, {
    ...{ ...common, base, epochs: 1, out: at("loop"), onEvent: (event) => events.push(event) },
    ...{ lr: "find", accumulate: 2, sam: 0.05, weights: "fp16" },
  });
  expect(run.rate_found).toBeGreaterThan(0);
  expect(run.strategy).toMatchObject({
    name: "pretrain",
    reasons: ["masked modelling: the base sees the tokens on both sides of a place"],
  });
  // The event of groups has the found rate; the head keeps its own.
  const groups = events.flatMap((e) => (e.event === "trainable" ? [e.groups] : [])).at(-1)!;
  expect(groups.map(({ name, rate }) => [name, rate])).toEqual([
    ["base", run.rate_found],
    ["head of words", 1e-3],
  ]);
  const forecasts = events.filter((e) => e.event === "forecast");
  expect(forecasts).toHaveLength(1);
  expect(forecasts[0]!.words).toContain("the head of words");
  // The scores are those of the file: its weights are float16.
  const stored = fromOnnx(modelBytes(run.run)).storedAs;
  expect(stored.size).toBeGreaterThan(0);
  await expect(pretrain(texts, { ...common, base, memoryLimit: "1kB", out: at("small") })).rejects.toThrow(
    /memory/,
  );
});

/** Writes a program that saves after every block of steps, and returns its path. The command line saves every 20 seconds. */
function eager(): string {
  const file = at("eager-pretrain.mjs");
  const library = new URL("../../dist/index.js", import.meta.url).href;
  writeFileSync(
    file,
    `import { writeSync } from "node:fs";
import { pretrain, resumePretrain } from ${JSON.stringify(library)};
const { texts, options, resume } = JSON.parse(process.argv[2]);
const onEvent = (event) => writeSync(1, JSON.stringify(event) + "\\n");
if (resume) await resumePretrain(resume, { onEvent });
else await pretrain(texts, { ...options, checkpointSeconds: 0, onEvent });
process.exit(0);
`,
  );
  return file;
}

test("a killed run resumes to the same bits as an undisturbed one", { tags: ["thorough"] }, async () => {
  const script = eager();
  const options = { ...common, base, epochs: 2, wholeWords: true } satisfies PretrainOptions;
  const begin = (out: string, how: Partial<RunOptions> = {}) =>
    engraft([JSON.stringify({ texts, options: { ...options, out: at(out) } }), "--json"], {
      cache,
      script,
      ...how,
    });
  const goOn = (how: Partial<RunOptions> = {}) =>
    engraft([JSON.stringify({ resume: at("killed") }), "--json"], { cache, script, ...how });
  const killAt = (event: string, stage?: string, n = 1): Partial<RunOptions> => {
    let seen = 0;
    return {
      onLine: (line, child) => {
        if (line.event !== event || (stage !== undefined && line.stage !== stage)) return;
        if (++seen === n) child.kill("SIGKILL");
      },
    };
  };
  expect(await begin("whole")).toMatchObject({ code: 0, err: "" });
  const moments = [
    killAt("progress", "head"),
    killAt("epoch", "head"),
    killAt("progress", "pretrain", 2),
    killAt("checkpoint", undefined, 2),
  ];
  for (const [i, how] of moments.entries()) {
    const ran = i === 0 ? await begin("killed", how) : await goOn(how);
    expect({ i, signal: ran.signal, err: ran.err }).toEqual({ i, signal: "SIGKILL", err: "" });
  }
  expect(await goOn()).toMatchObject({ code: 0, err: "" });
  expect(modelBytes(at("killed")).equals(modelBytes(at("whole")))).toBe(true);
});

test("the command line prints JSON up to the result, and refuses wrong input", {
  tags: ["thorough"],
}, async () => {
  const ran = await engraft(
    [
      "pretrain",
      texts,
      "--base",
      base,
      "--epochs",
      "1",
      "--max-length",
      "24",
      "--threads",
      "1",
      "--out",
      at("cli"),
      "--tensorboard",
      "--json",
    ],
    { cache },
  );
  expect(ran).toMatchObject({ code: 0, err: "" });
  expect(ran.events.at(-1)).toMatchObject({ event: "result", task: "language-modelling", run: at("cli") });
  expect(existsSync(at("cli", "tensorboard"))).toBe(true);
  const wrong = async (args: readonly string[], code: number, words: string) => {
    const { code: got, err } = await engraft(["pretrain", ...args, "--threads", "1", "--out", at("wrong")], {
      cache,
    });
    expect({ args, got, err }).toEqual({ args, got: code, err: expect.stringContaining(words) });
  };
  await wrong([], 2, "pretrain needs texts");
  await wrong([at("nowhere.txt")], 2, `there are no texts at "${at("nowhere.txt")}"`);
  writeFileSync(at("few.txt"), "one\n\none\ntwo\n");
  await wrong(
    [at("few.txt"), "--base", base],
    2,
    "holds 2 texts: some are held back to see whether it helps",
  );
  await wrong([texts, "--base", base, "--mask-share", "2"], 2, "--mask-share");
});

test("texts are read from lines, columns and folders; empty and equal ones are left out and counted", async () => {
  mkdirSync(at("folder", "inner"), { recursive: true });
  writeFileSync(at("folder", "a.txt"), "a text\nof two lines\n");
  writeFileSync(at("folder", "inner", "b.txt"), "another\n");
  writeFileSync(at("folder", "empty.txt"), "\n");
  writeFileSync(at("folder", "c.csv"), "label,text\n1,the third\n0,another\n");
  writeFileSync(at("folder", "d.jsonl"), '{"sentence":"the fourth"}\n{"sentence":"the fifth"}\n');
  writeFileSync(at("folder", "e.csv"), "x,y\n1,2\n");
  const found = await openUnlabelledTexts(nodePlatform, at("folder"));
  expect([...found.train, ...found.heldOut].sort()).toEqual(
    ["a text\nof two lines", "another", "the fifth", "the fourth", "the third"].sort(),
  );
  expect(found.heldOut).toHaveLength(1);
  expect(found.duplicates).toBe(1);
  expect(found.skipped.map(({ item }) => item)).toEqual([expect.stringContaining("e.csv"), "empty.txt"]);
});
