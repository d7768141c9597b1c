// Speech recognition from the bundled base: a run learns tones as letters, and what data are refused.
// @module-tag thorough
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { env, pipeline } from "@huggingface/transformers";
import { afterAll, expect, test } from "vitest";
import type { EngraftEvent } from "../../src/core/events/events.js";
import { float32 } from "../../src/core/tensor.js";
import { readSound } from "../../src/data/sounds/index.js";
import { Builder, Graph, toOnnx } from "../../src/graph/index.js";
import { evaluate, load, report, train } from "../../src/index.js";
import { nodePlatform } from "../../src/platform/node.js";
import { speechRun } from "../support/shared-runs.js";
import { writeSpeech } from "../support/sound-data.js";
import { folderOf, tone, wavOf } from "../support/sound-files.js";

const root = mkdtempSync(join(tmpdir(), "engraft-speech-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

test("the bundled base learns the letters, and its folder serves the same texts", {
  tags: ["thorough"],
}, async () => {
  const { data, result } = await speechRun();
  expect(result.vocabulary).toEqual(["<pad>", "<unk>", "|", "a", "o", "u"]);
  // Guessing is worse than 100 %; a network that hears the tones is far below.
  expect(result.test.characters.rate).toBeLessThan(0.2);
  expect(result.by_decoder?.map(({ name }) => name)).toEqual(["greedy", "beam"]);
  expect(result.decoder.language_model).toMatchObject({ order: 3 });

  const scored = await evaluate(result.model, data, { threads: 1, groupFrom: "speaker" });
  expect(scored.test.metric.value).toBeCloseTo(result.test.metric.value, 6);

  const model = await load(result.model, { threads: 1 });
  if (model.task !== "automatic-speech-recognition") throw new Error(`a model of ${model.task}`);
  const { samples } = await readSound(nodePlatform, join(data, "0.wav"), { rate: model.rate });
  const [recognised] = await model.predict([samples]);
  await model.close();
  expect(recognised!.words.map(({ word }) => word).join(" ")).toBe(recognised!.text);
  for (const { start, end } of recognised!.words) {
    expect(start).toBeLessThan(end);
    expect(end).toBeLessThanOrEqual(samples.length / 16_000);
  }

  env.allowRemoteModels = false;
  const served = await pipeline("automatic-speech-recognition", result.model, { local_files_only: true });
  const { text } = (await served(samples)) as { readonly text: string };
  await served.dispose();
  expect(text).toBe(transcriptOf(data, 0));
});

test("a recogniser is a start: as --base with its head, and as --init-from without", {
  tags: ["thorough"],
}, async () => {
  const { data, result } = await speechRun();
  const brief = { task: "automatic-speech-recognition", groupFrom: "speaker", threads: 1 } as const;
  const common = { ...brief, epochs: 1, batchSize: 8, baselines: false, cache: false } as const;
  const further = await train(data, { ...common, base: result.model, out: join(root, "based") });
  // One epoch from its weights is about as good as the run, which made many.
  expect(further.test.characters.rate).toBeLessThan(result.test.characters.rate + 0.2);
  const started = await train(data, { ...common, initFrom: result.model, out: join(root, "started") });
  expect(started.init).toMatchObject({ from: result.model });
  expect(started.init!.matched).toBeGreaterThan(2);
});

test("the worst clips have the times that the model gives for the clip alone, and the report plays them", {
  tags: ["thorough"],
}, async () => {
  const data = writeSpeech(join(root, "tones"), 60);
  // Stopped before it is good.
  const result = await train(data, {
    ...{ task: "automatic-speech-recognition", groupFrom: "speaker", epochs: 15, batchSize: 8, threads: 1 },
    ...{ out: join(root, "early"), cache: false, baselines: false },
  });
  const said = result.test.worst.filter(({ hypothesis }) => hypothesis !== "");
  expect(said.length).toBeGreaterThan(0);
  const model = await load(result.model, { threads: 1 });
  if (model.task !== "automatic-speech-recognition") throw new Error(`a model of ${model.task}`);
  for (const { item, hypothesis, times } of said) {
    const [alone] = await model.predict([join(data, item)]);
    expect(alone!.text).toBe(hypothesis);
    const words = alone!.words.map(({ start, end }) => [start, end]);
    expect(times!.filter((time) => time !== null)).toEqual(words);
  }
  await model.close();
  // An evaluation gives the times of each clip alone too.
  const scored = await evaluate(result.model, data, { threads: 1, groupFrom: "speaker" });
  if (scored.task !== "automatic-speech-recognition") throw new Error(`a model of ${scored.task}`);
  expect(scored.test.worst).toEqual(result.test.worst);

  const page = readFileSync(join(result.run, "report.html"), "utf8");
  expect(page.match(/<audio /g)).toHaveLength(result.test.worst.length);
  const again = await report(result.run, { out: join(root, "again.html") });
  expect(readFileSync(again.report, "utf8")).toBe(page);
});

const transcriptOf = (data: string, clip: number): string =>
  readFileSync(join(data, "metadata.csv"), "utf8").split("\n")[clip + 1]!.split(",")[1]!;

/** Warnings of a run that is stopped before its first step. */
async function warningsOf(
  files: Readonly<Record<string, Uint8Array | string>>,
  options: { readonly base?: string } = {},
): Promise<string[]> {
  const stop = new AbortController();
  const warnings: string[] = [];
  const onEvent = (event: EngraftEvent): void => {
    if (event.event === "warning") warnings.push(event.message);
    if (event.event === "trainable") stop.abort();
  };
  const out = mkdtempSync(join(root, "stopped-"));
  const run = train(folderOf(files), {
    ...{ task: "automatic-speech-recognition", threads: 1, out: join(out, "run") },
    ...{ onEvent, signal: stop.signal, ...options },
  });
  await expect(run).rejects.toMatchObject({ kind: "Interrupted" });
  return warnings;
}

const clips = (texts: readonly string[], seconds = 1, splits?: readonly string[]) => ({
  ...Object.fromEntries(texts.map((_, i) => [`${i}.wav`, wavOf([tone(200 + 37 * i, 16_000, seconds)])])),
  "metadata.csv": `file_name,text,split\n${texts.map((text, i) => `${i}.wav,${text},${splits?.[i] ?? ""}`).join("\n")}\n`,
});

test("names characters that the training transcripts lack, and rare ones, before the training", {
  tags: ["thorough"],
}, async () => {
  const splits = ["train", "train", "train", "train", "train", "train", "validation", "test"];
  const texts = ["aaaaa", "aaaaa", "bbb", "aaaa", "aaa", "aa", "aé", "ax"];
  const warnings = await warningsOf(clips(texts, 1, splits));
  expect(warnings).toContain(
    'characters that the training transcripts lack, so they count as errors: "6.wav (é)", "7.wav (x)"',
  );
  expect(warnings).toContain(
    'characters with fewer than 5 occurrences in the training transcripts, which a model hardly learns: "b (3)"',
  );
});

test("leaves out clips whose transcript is longer than the frames can say, by file", {
  tags: ["thorough"],
}, async () => {
  const splits = ["train", "train", "train", "validation", "test"];
  // 1 s has 25 frames; 13 equal letters need 13 + 12 = 25, 14 need 27.
  const texts = ["a".repeat(13), "a".repeat(14), "aaaaa", "aa", "a"];
  const warnings = await warningsOf(clips(texts, 1, splits));
  expect(warnings).toContain(
    'clips left out because their transcript is longer than the frames can say: "1.wav: 27 frames needed, 25 there"',
  );
});

test("refuses data whose transcripts are all too long, and transcripts without a letter", {
  tags: ["thorough"],
}, async () => {
  const start = (files: Readonly<Record<string, Uint8Array | string>>) =>
    train(folderOf(files), {
      ...{ task: "automatic-speech-recognition", threads: 1 },
      out: join(mkdtempSync(join(root, "refused-")), "run"),
    });
  const splits = ["train", "train", "validation", "test"];
  await expect(start(clips(["abcabcabc", "abcabcabc", "a", "a"], 0.2, splits))).rejects.toThrow(
    "every transcript of the training split is too long for its clip",
  );
  await expect(start(clips(["!!!", "???", "...", "a"], 0.2, splits))).rejects.toThrow(
    "no transcript of the training split has a character left",
  );
});

test("leaves out clips that are longer than a base of one length takes", { tags: ["thorough"] }, async () => {
  const graph = new Graph("fixed");
  const g = new Builder(graph);
  const x = graph.input("input_values", { dtype: "float32", shape: ["batch", 16_000] });
  const weight = (name: string, dims: readonly number[]) =>
    g.weight(name, float32(dims, new Float32Array(dims.reduce((a, b) => a * b, 1)).fill(0.01)));
  const hidden = g.relu(g.conv(g.unsqueeze(x, [1]), weight("conv", [4, 1, 400]), "", { strides: [320] }));
  graph.outputs.push(g.nodes("Identity", [g.transpose(hidden, [0, 2, 1])], {}, ["last_hidden_state"])[0]!);
  const base = join(root, "fixed.onnx");
  writeFileSync(base, toOnnx(graph));
  const made = clips(["aa", "a", "aaa", "a", "a"], 1, ["train", "train", "train", "validation", "test"]);
  const warnings = await warningsOf({ ...made, "1.wav": wavOf([tone(300, 16_000, 2)]) }, { base });
  expect(warnings).toContain(
    '1 clip left out because the base takes at most 1 s (cut them into sentences, or use a base that takes any length): "1.wav: 2.0 s"',
  );
});
