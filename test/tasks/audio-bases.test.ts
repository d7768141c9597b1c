// Bases of sounds with the structure of the known families and random weights: each trains, and Transformers.js serves the
// folder with the same scores.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { env, pipeline } from "@huggingface/transformers";
import { afterAll, beforeAll, expect, test } from "vitest";
import { audioNet } from "../../src/bases/architectures/audio-net.js";
import { mixWeight } from "../../src/bases/audio/layer-states.js";
import { readSpeechFolder } from "../../src/bases/transcripts/speech-folder.js";
import type { EngraftEvent } from "../../src/core/events/events.js";
import { float32, toNumbers } from "../../src/core/tensor.js";
import { fromOnnx } from "../../src/graph/from-onnx.js";
import { load, train } from "../../src/index.js";
import { softmaxRows } from "../../src/linalg/softmax.js";
import { sitesOf } from "../../src/methods/peft/sites.js";
import type { TrainOptions } from "../../src/options/options.js";
import { nodePlatform } from "../../src/platform/node.js";
import { nodeRuntime } from "../../src/runtime/ort-node.js";
import { inputOfClip } from "../../src/tasks/sounds/sound-table.js";
import { scoresOfClip } from "../../src/tasks/transcripts/recognise-sound.js";
import { GoldenFamily } from "../support/families/golden.js";
import {
  clip,
  writeSoundLabels,
  writeSoundNumbers,
  writeSounds,
  writeSpeech,
} from "../support/sound-data.js";

const root = mkdtempSync(join(tmpdir(), "engraft-audio-bases-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

let data: string;
let speech: string;
beforeAll(() => {
  data = writeSounds(join(root, "sounds"), 12);
  speech = writeSpeech(join(root, "speech"), 24);
});

const wave = {
  ...{ feature_extractor_type: "Wav2Vec2FeatureExtractor", sampling_rate: 16_000, do_normalize: true },
  ...{ feature_size: 1, padding_value: 0, padding_side: "right", return_attention_mask: true },
};
const ast = {
  ...{
    feature_extractor_type: "ASTFeatureExtractor",
    sampling_rate: 16_000,
    num_mel_bins: 32,
    max_length: 36,
  },
  ...{ do_normalize: true, mean: -4.2677393, std: 4.5689974 },
};
const whisper = {
  ...{ feature_extractor_type: "WhisperFeatureExtractor", sampling_rate: 16_000, feature_size: 32 },
  ...{ n_fft: 400, hop_length: 160, n_samples: 5760, nb_max_frames: 36, chunk_length: 0.36 },
};

/** Writes a golden network as a folder of an exporter. */
function writeBase(family: string, files: Readonly<Record<string, unknown>>): string {
  const folder = mkdtempSync(join(root, `${family}-`));
  mkdirSync(join(folder, "onnx"));
  writeFileSync(join(folder, "onnx/model.onnx"), new GoldenFamily(family).bytes(14));
  for (const [name, content] of Object.entries(files))
    writeFileSync(join(folder, name), JSON.stringify(content));
  return folder;
}

type Served = (audio: Float32Array, options: object) => Promise<{ label: string; score: number }[]>;

/** Expects the pipeline of Transformers.js to give the scores of `predict`. */
async function expectServed(folder: string, sounds: readonly Float32Array[]): Promise<void> {
  env.allowRemoteModels = false;
  env.localModelPath = "";
  const served = (await pipeline("audio-classification", folder, { dtype: "fp32" })) as unknown as Served;
  const loaded = await load(folder, { threads: 1 });
  if (loaded.task !== "audio-classification") throw new Error(loaded.task);
  const ours = await loaded.predict(sounds);
  await loaded.close();
  for (const [i, sound] of sounds.entries()) {
    const theirs = new Map((await served(sound, { top_k: 10 })).map(({ label, score }) => [label, score]));
    for (const { label, score } of ours[i]!) expect(Math.abs(theirs.get(label)! - score)).toBeLessThan(1e-3);
  }
}

const families = [
  ["wav2vec2-ctc", wave],
  ["wav2vec2-stable", wave],
  ["hubert", wave],
  ["wavlm", wave],
  ["ast", ast],
  ["whisper-encoder", whisper],
  ["yamnet", undefined],
] as const;

/** A clip of more than one patch of YAMNet. */
const short = clip(true, 912);
const long = Float32Array.from({ length: 24_000 }, (_, i) => short[i % 3000]!);

/** Families with a strategy. */
const withStrategy = (...strategies: readonly ("probe" | "finetune" | "lora")[]) =>
  families.flatMap(([family, files]) => strategies.map((strategy) => [family, strategy, files] as const));
const title = "%s as a base, %s: Transformers.js gives the same scores";
test.each(withStrategy("finetune"))(title, { tags: ["thorough"] }, servesTheSame);
test.each(withStrategy("probe", "lora"))(title, { tags: ["thorough"] }, servesTheSame);

async function servesTheSame(
  family: (typeof families)[number][0],
  strategy: "probe" | "finetune" | "lora",
  files: (typeof families)[number][1],
): Promise<void> {
  const base = writeBase(family, files ? { "preprocessor_config.json": files } : {});
  const run = await train(data, {
    ...{ base, strategy, threads: 1, out: `${base}-run` },
    ...(strategy !== "probe" && { epochs: 1 }),
  });
  await expectServed(run.model, [clip(true, 910), clip(false, 911), long]);
}

const speechRun = { task: "automatic-speech-recognition", groupFrom: "speaker", threads: 1 } as const;

/** Trains a recogniser for one epoch, and returns where its base was cut. */
async function recogniser(base: string, options: Pick<TrainOptions, "lr" | "cut" | "strategy"> = {}) {
  let cut = "";
  const onEvent = (event: EngraftEvent): void => {
    if (event.event === "base") cut = event.cut;
  };
  const more = { epochs: 1, batchSize: 8, out: `${base}-run`, onEvent, ...options };
  return { run: await train(speech, { ...speechRun, base, ...more }), cut };
}

/** Logits of a sound under a model folder, by its own extractor. */
async function textLogits(folder: string): Promise<number[]> {
  const opened = await readSpeechFolder(nodePlatform, folder);
  const runtime = await nodeRuntime({ threads: 1 });
  const session = await runtime.session(readFileSync(join(folder, "onnx/model.onnx")));
  const { scores } = await scoresOfClip(session, inputOfClip(opened.audio, clip(true, 930)), opened);
  await session.dispose();
  await runtime.close();
  return [...scores.data];
}

/** Logits of a sound under an ONNX file, normalised as the extractor of these bases does it. */
async function logitsOf(file: Uint8Array, samples: Float32Array): Promise<number[]> {
  const mean = samples.reduce((sum, x) => sum + x, 0) / samples.length;
  const variance = samples.reduce((sum, x) => sum + (x - mean) ** 2, 0) / samples.length;
  const x = samples.map((v) => (v - mean) / Math.sqrt(variance + 1e-7));
  const runtime = await nodeRuntime({ threads: 1 });
  const session = await runtime.session(file);
  const { logits } = await session.run({ input_values: float32([1, x.length], x) });
  await session.dispose();
  await runtime.close();
  return toNumbers(logits!);
}

type ServedLogits = { readonly dims: readonly number[]; readonly data: Float32Array };

const recognisers = ["wav2vec2-ctc", "wav2vec2-stable", "hubert", "wavlm"] as const;

const recogniserTitle = "%s as a base of speech: Transformers.js gives the same logits";
test.each(recognisers.slice(0, 1))(recogniserTitle, { tags: ["thorough"] }, servesTheSameLogits);
test.each(recognisers.slice(1))(recogniserTitle, { tags: ["thorough"] }, servesTheSameLogits);

const rowAFrame = /a row a frame$/;
async function servesTheSameLogits(family: (typeof recognisers)[number]): Promise<void> {
  const base = writeBase(family, { "preprocessor_config.json": wave });
  const { run, cut } = await recogniser(base, { lr: 1e-2 });
  expect(cut).toMatch(rowAFrame);
  const samples = clip(true, 920);
  const ours = await logitsOf(readFileSync(join(run.model, "onnx/model.onnx")), samples);
  env.allowRemoteModels = false;
  const served = await pipeline("automatic-speech-recognition", run.model, { local_files_only: true });
  const { logits } = (await served.model(await served.processor!(samples))) as { logits: ServedLogits };
  const { text } = (await served(samples)) as { readonly text: string };
  await served.dispose();
  expect(logits.dims).toEqual([1, ours.length / run.vocabulary.length, run.vocabulary.length]);
  const theirs = [...logits.data];
  expect(Math.max(...ours.map((v, i) => Math.abs(v - theirs[i]!)))).toBeLessThan(1e-3);
  // The head has moved: logits are not the zeros of the start.
  expect(Math.max(...ours.map(Math.abs))).toBeGreaterThan(1e-2);
  const model = await load(run.model, { threads: 1 });
  if (model.task !== "automatic-speech-recognition") throw new Error(model.task);
  expect((await model.predict([samples]))[0]!.text).toBe(text);
  await model.close();
}

test("a recogniser as a base keeps the rows of the characters that both know, in either case", {
  tags: ["thorough"],
}, async () => {
  const old = ["<pad>", "<s>", "|", "U", "E", "A", "O"];
  const vocab = Object.fromEntries(old.map((token, i) => [token, i]));
  const base = writeBase("wav2vec2-ctc", { "preprocessor_config.json": wave, "vocab.json": vocab });
  // Steps so small that no weight moves beyond rounding.
  const { run, cut } = await recogniser(base, { lr: 1e-12 });
  expect(run.vocabulary).toEqual(["<pad>", "<unk>", "|", "a", "o", "u"]);
  expect(cut).toMatch(/a row a frame; its head knows 4 of 4 characters$/);
  const samples = clip(true, 930);
  const before = await logitsOf(new GoldenFamily("wav2vec2-ctc").bytes(14), samples);
  const after = await logitsOf(readFileSync(join(run.model, "onnx/model.onnx")), samples);
  const classes = run.vocabulary.length;
  expect(after.length / classes).toBe(before.length / old.length);
  // <unk> has no row in the base: zeros.
  const rows = [0, undefined, 2, 5, 6, 3];
  after.forEach((logit, i) => {
    const row = rows[i % classes];
    const expected = row === undefined ? 0 : before[Math.floor(i / classes) * old.length + row]!;
    expect(Math.abs(logit - expected)).toBeLessThan(1e-4);
  });
});

test.each([
  ["the bundled base with layers over time", undefined],
  ["wav2vec2 with a mask", "wav2vec2-stable"],
] as const)(
  "a recogniser that Engraft wrote is a base itself: %s",
  { tags: ["thorough"] },
  async (_name, family) => {
    const first = family && writeBase(family, { "preprocessor_config.json": wave });
    const out = mkdtempSync(join(root, "first-"));
    const common = { ...speechRun, batchSize: 8, epochs: 2 };
    const taught = await train(speech, { ...common, ...(first && { base: first }), out: join(out, "run") });
    const before = await textLogits(taught.model);
    // Steps so small that no weight moves beyond rounding.
    const { run, cut } = await recogniser(taught.model, { lr: 1e-12 });
    expect(cut).toMatch(
      /it feeds the head of a recogniser; a row a frame; its head knows 4 of 4 characters$/,
    );
    const after = await textLogits(run.model);
    expect(after.length).toBe(before.length);
    for (const [i, logit] of after.entries()) expect(Math.abs(logit - before[i]!)).toBeLessThan(1e-4);
    // The same file teaches classes of sounds, from one row a clip.
    const classes = await train(data, {
      base: taught.model,
      strategy: "probe",
      threads: 1,
      out: join(out, "classes"),
    });
    await expectServed(classes.model, [clip(true, 910), clip(false, 911)]);
  },
);

test("a recogniser of another alphabet gets a new head", { tags: ["thorough"] }, async () => {
  const old = ["<pad>", "<s>", "|", "б", "в", "г", "д"];
  const vocab = Object.fromEntries(old.map((token, i) => [token, i]));
  const base = writeBase("wav2vec2-ctc", { "preprocessor_config.json": wave, "vocab.json": vocab });
  expect((await recogniser(base)).cut).toMatch(rowAFrame);
});

test("adapters leave the tables of a front end in the graph as they are", () => {
  const names = sitesOf(audioNet({ widths: [4, 8] })).map(({ name }) => name);
  expect(names).toEqual(["conv1", "conv2"]);
});

/** Where the base of a run was cut. */
async function cutOf(base: string, options: object, sounds = data): Promise<{ cut: string; model: string }> {
  let cut = "";
  const onEvent = (event: EngraftEvent): void => {
    if (event.event === "base") cut = event.cut;
  };
  const run = await train(sounds, { base, cut: "mix", threads: 1, onEvent, ...options });
  return { cut, model: run.model };
}

/** Shares of the layers in an exported model: the softmax of its weight of the mix. */
function sharesIn(model: string): number[] {
  const { graph } = fromOnnx(readFileSync(join(model, "onnx/model.onnx")));
  const weights = graph.initializers.get(mixWeight)!;
  return [...softmaxRows(toNumbers(weights), weights.data.length)];
}

test("a probe on a mix learns the shares of the layers, and the folder serves them", {
  tags: ["thorough"],
}, async () => {
  const base = writeBase("wav2vec2-stable", { "preprocessor_config.json": wave });
  const { cut, model } = await cutOf(base, { strategy: "probe", out: `${base}-run` });
  const [, shares, first] =
    /^mix ([\d. ]+): a weighted sum of 3 layers, from "(.*)" to "last_hidden_state"$/.exec(cut)!;
  expect(first).toBe("/encoder/Add_output_0");
  const named = shares!.split(" ").map(Number);
  expect(named.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 2);
  // Not the equal shares of the start.
  expect(Math.max(...named)).toBeGreaterThan(0.4);
  for (const [i, share] of sharesIn(model).entries()) expect(share).toBeCloseTo(named[i]!, 3);
  await expectServed(model, [clip(true, 910), long]);
});

test.each([
  ["labels", "multi-label-classification", () => writeSoundLabels(join(root, "mixed-labels"), 40)],
  ["numbers", "audio-regression", () => writeSoundNumbers(join(root, "mixed-numbers"), 40)],
] as const)(
  "a probe of %s on a mix learns the shares of the layers too",
  { tags: ["thorough"] },
  async (kind, task, write) => {
    const base = writeBase("wav2vec2-stable", { "preprocessor_config.json": wave });
    const { cut, model } = await cutOf(
      base,
      { strategy: "probe", out: join(root, `mixed-${kind}-run`) },
      write(),
    );
    const named = /^mix ([\d. ]+): /.exec(cut)![1]!.split(" ").map(Number);
    expect(Math.max(...named)).toBeGreaterThan(0.34);
    for (const [i, share] of sharesIn(model).entries()) expect(share).toBeCloseTo(named[i]!, 3);
    const loaded = await load(model, { threads: 1 });
    expect(loaded.task).toBe(task);
    await loaded.close();
  },
);

test.each(["finetune", "lora"] as const)(
  "speech mixes the layers of a base inside the training, %s",
  { tags: ["thorough"] },
  async (strategy) => {
    const base = writeBase("wavlm", { "preprocessor_config.json": wave });
    const { run, cut } = await recogniser(base, { lr: 1e-2, cut: "mix", strategy });
    expect(cut).toMatch(/^mix: a weighted sum of 3 layers, from ".*" to "last_hidden_state"; a row a frame$/);
    // Three steps at the learning rate of the head.
    expect(sharesIn(run.model).some((share) => Math.abs(share - 1 / 3) > 1e-3)).toBe(true);
  },
);

test("a base without layers, or of unknown input, is refused with what to do", {
  tags: ["thorough"],
}, async () => {
  const patches = writeBase("yamnet", {});
  await expect(cutOf(patches, {})).rejects.toThrow(
    "the base shows no layers with attention, so there is nothing to mix",
  );
  const unknown = writeBase("whisper-encoder", {});
  await expect(train(data, { base: unknown })).rejects.toMatchObject({
    message: expect.stringContaining("nothing says how sounds become the input of whisper-encoder-"),
    at: expect.stringContaining("float32[batch, 32, 36]"),
    help: expect.stringContaining("put its preprocessor_config.json beside it"),
  });
  const { sampling_rate: _, ...without } = wave;
  const rateless = writeBase("hubert", { "preprocessor_config.json": without });
  await expect(train(data, { base: rateless })).rejects.toThrow(
    "preprocessor_config.json does not give the samples per second of the base",
  );
});

test("a base without preprocessor_config.json says so", { tags: ["thorough"] }, async () => {
  let input = "";
  const onEvent = (event: EngraftEvent): void => {
    if (event.event === "base") input = event.input;
  };
  const base = writeBase("hubert", {});
  await train(data, { base, strategy: "probe", threads: 1, out: `${base}-run`, onEvent });
  expect(input).toBe(
    "float32[batch, length] at 16000 Hz; its shape tells the front end and the rate, without preprocessor_config.json",
  );
});
