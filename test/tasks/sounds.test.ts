// Sound classification end to end: what a folder serves, which bases open, and what is refused.
// @module-tag thorough
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { env, pipeline } from "@huggingface/transformers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openAudioBase } from "../../src/bases/audio/audio-base.js";
import { audioBody, audioFrames } from "../../src/bases/audio/audio-body.js";
import { paddingBelow } from "../../src/bases/audio/log-mel.js";
import { draws } from "../../src/core/random.js";
import { float32 } from "../../src/core/tensor.js";
import { readSound } from "../../src/data/sounds/index.js";
import { Builder, Graph, toOnnx } from "../../src/graph/index.js";
import { load, type TrainOptions, train } from "../../src/index.js";
import { nodePlatform } from "../../src/platform/node.js";
import { clip, writeSoundBase, writeSounds } from "../support/sound-data.js";
import { wavOf } from "../support/sound-files.js";

const root = mkdtempSync(join(tmpdir(), "engraft-sound-task-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const warned: string[] = [];
let data: string;
let model: string;
beforeAll(async () => {
  data = writeSounds(join(root, "sounds"), 20);
  const base = writeSoundBase(join(root, "base"));
  const run = await train(data, {
    base,
    epochs: 2,
    strategy: "finetune",
    threads: 1,
    explain: true,
    out: join(root, "run"),
    onEvent: (event) => {
      if (event.event === "warning") warned.push(event.code);
    },
  });
  expect(run.task).toBe("audio-classification");
  ({ model } = run);
});

type Served = (audio: Float32Array, options: object) => Promise<{ label: string; score: number }[]>;

/** Opens a folder with the pipeline of Transformers.js. */
async function serve(folder: string): Promise<Served> {
  env.allowLocalModels = true;
  env.allowRemoteModels = false;
  env.localModelPath = "";
  return (await pipeline("audio-classification", folder, { dtype: "fp32" })) as unknown as Served;
}

const scoresOf = (all: readonly { label: string; score: number }[]) =>
  Object.fromEntries(all.map(({ label, score }) => [label, score]));

/** Expects the pipeline of Transformers.js to give the scores of `predict`. */
async function expectServed(folder: string, sounds: readonly Float32Array[]): Promise<void> {
  const served = await serve(folder);
  const loaded = await load(folder, { threads: 1 });
  if (loaded.task !== "audio-classification") throw new Error(loaded.task);
  const ours = await loaded.predict(sounds);
  await loaded.close();
  for (const [i, sound] of sounds.entries()) {
    const theirs = scoresOf(await served(sound, { top_k: 10 }));
    for (const { label, score } of ours[i]!) expect(Math.abs(theirs[label]! - score)).toBeLessThan(1e-3);
  }
}

test("a run starts from the weights of another one, and learns from few clips of each class", async () => {
  const run = await train(data, {
    base: join(root, "base"),
    ...{
      initFrom: model,
      strategy: "probe",
      threads: 1,
      shots: 4,
      cache: false,
      out: join(root, "from-run"),
    },
  });
  expect(run.init).toMatchObject({ from: model, adapted: [] });
  expect(run.init!.matched).toBeGreaterThan(2);
  expect(run.split.train).toBe(8);
  const loaded = await load(run.model, { threads: 1 });
  if (loaded.task !== "audio-classification") throw new Error(loaded.task);
  expect((await loaded.predict([clip(true, 902)]))[0]).toHaveLength(2);
  await loaded.close();
});

test("Transformers.js serves the folder with the same scores, for clips of any length", async () => {
  await expectServed(model, [clip(true, 900), clip(false, 901).subarray(0, 700), Float32Array.of(0.3, -0.2)]);
});

test("the report plays the worst clips beside their spectrograms, without a network", () => {
  const page = readFileSync(join(root, "run/report.html"), "utf8");
  expect(page).toContain("audio classification");
  expect(page).toMatch(/<img class="spectrogram" src="data:image\/png;base64,[\w+/=]+"/);
  expect(page).toMatch(/<audio controls preload="none" src="data:audio\/wav;base64,[\w+/=]+">/);
  expect(page).toContain("media-src data:");
  expect(page).not.toMatch(/(src|href)="https?:/);
});

test("with explain, the report draws which cells a class depends on, without a warning about pictures", () => {
  expect(warned).not.toContain("insights");
  const page = readFileSync(join(root, "run/report.html"), "utf8");
  // The test split has six clips, and each has a map of 8 bands and 12 stretches of time.
  expect(page.match(/<svg class="over" viewBox="0 0 12 8"/g)).toHaveLength(6);
});

test("a path, the bytes of a file and its samples have the same scores", async () => {
  const path = join(data, "rise/3.wav");
  const loaded = await load(model, { threads: 1 });
  if (loaded.task !== "audio-classification") throw new Error(loaded.task);
  expect(loaded.rate).toBe(16_000);
  const { samples } = await readSound(nodePlatform, path, { rate: loaded.rate });
  const [first, ...others] = await loaded.predict([path, new Uint8Array(readFileSync(path)), samples]);
  expect(others).toEqual([first, first]);
  await expect(loaded.predict([new Float32Array(0)])).rejects.toThrow("sound 1 has no samples");
  await expect(loaded.predict([Float32Array.of(1, Number.NaN)])).rejects.toThrow(
    "sound 1 has samples that are infinite or no numbers",
  );
  await loaded.close();
});

/** Writes an audio model with random weights: `layers` makes its features from the input. */
function writeBase(
  name: string,
  shape: readonly (string | number)[],
  layers: (g: Builder, x: string, weight: (dims: readonly number[]) => string) => string,
  preprocessor?: object,
  more: (graph: Graph) => void = () => undefined,
): string {
  const graph = new Graph(name);
  const x = graph.input(shape.length === 2 ? "input_values" : "input_features", { dtype: "float32", shape });
  more(graph);
  const g = new Builder(graph);
  const d = draws(5, name);
  let n = 0;
  const weight = (dims: readonly number[]) =>
    g.weight(
      `layer${++n}.weight`,
      float32(
        dims,
        Array.from({ length: dims.reduce((a, b) => a * b, 1) }, () => 0.3 * d.normal()),
      ),
    );
  graph.outputs.push(layers(g, x, weight));
  const folder = join(root, name);
  mkdirSync(join(folder, "onnx"), { recursive: true });
  writeFileSync(join(folder, "onnx/model.onnx"), toOnnx(graph));
  if (preprocessor) writeFileSync(join(folder, "preprocessor_config.json"), JSON.stringify(preprocessor));
  return folder;
}

/** wav2vec2's shape: convolutions over samples, features over time [batch, frames, D]. */
const waveBase = (name: string, preprocessor?: object, more?: (graph: Graph) => void) =>
  writeBase(
    name,
    ["batch", "samples"],
    (g, x, weight) => {
      const hidden = g.relu(g.conv(g.unsqueeze(x, [1]), weight([6, 1, 40]), "", { strides: [20] }));
      const frames = g.matmul(g.transpose(hidden, [0, 2, 1]), weight([6, 10]));
      return g.nodes("Identity", [frames], {}, ["last_hidden_state"])[0]!;
    },
    preprocessor,
    more,
  );

describe("any ONNX base of sounds", () => {
  const wave = {
    feature_extractor_type: "Wav2Vec2FeatureExtractor",
    sampling_rate: 16_000,
    do_normalize: true,
  };
  const ast = {
    ...{ feature_extractor_type: "ASTFeatureExtractor", sampling_rate: 16_000, num_mel_bins: 32 },
    ...{ max_length: 40, do_normalize: true, mean: -4.2677393, std: 4.5689974 },
  };
  const frameBase = () =>
    writeBase(
      "ast",
      ["batch", 40, 32],
      (g, x, weight) => g.relu(g.matmul(g.relu(g.matmul(x, weight([32, 12]))), weight([12, 8]))),
      ast,
    );

  test.each([
    ["a waveform, normalised", () => waveBase("wave", wave), "probe"],
    ["a waveform, fine-tuned on windows", () => waveBase("wave-tuned", wave), "finetune"],
    ["log-mel frames", frameBase, "finetune"],
  ] as const)("%s: trains, and is served with the same scores", async (_name, make, strategy) => {
    const base = make();
    const out = `${base}-run`;
    const run = await train(data, {
      base,
      strategy,
      threads: 1,
      ...(strategy === "finetune" && { epochs: 1 }),
      out,
    });
    await expectServed(run.model, [clip(true, 910), clip(false, 911)]);
  });

  test("a file of one length takes clips of any length in the folder: it fills and cuts them", async () => {
    const base = writeBase(
      "fixed",
      ["batch", 4000],
      (g, x, weight) => {
        const present = g.cast("attention_mask", "float32");
        return g.relu(g.matmul(g.mul(x, present), weight([4000, 12])));
      },
      wave,
      (graph) => graph.input("attention_mask", { dtype: "int64", shape: ["batch", 4000] }),
    );
    const run = await train(data, { base, strategy: "probe", threads: 1, out: `${base}-run` });
    // Of 0.2 to 0.5 s: 3,200 to 8,000 samples.
    await expectServed(run.model, [clip(true, 910), clip(false, 911).subarray(0, 3300)]);
  });

  test("a mask of the samples is fed with ones", async () => {
    const base = waveBase("masked", wave, (graph) =>
      graph.input("attention_mask", { dtype: "int64", shape: ["batch", "samples"] }),
    );
    expect(audioBody(await openAudioBase(base, { platform: nodePlatform })).width).toBe(10);
  });

  test("without a preprocessor_config.json the shape of the input decides", async () => {
    const base = waveBase("plain");
    const { audio } = await openAudioBase(base, { platform: nodePlatform });
    expect(audio.preprocessor.feature_extractor_type).toBe("Wav2Vec2FeatureExtractor");
    expect(audio.masked).toBe(false);
  });

  test("features over time are one row a frame, with a mask if the base knows padding", async () => {
    const own = audioFrames(await openAudioBase(join(root, "base"), { platform: nodePlatform }));
    expect(own.graph.typeOf(own.features).shape).toEqual(["batch", "frames", 8]);
    expect(own.present).toBeDefined();
    const other = audioFrames(await openAudioBase(waveBase("frames", wave), { platform: nodePlatform }));
    expect(other.graph.typeOf(other.features).shape).toEqual(["batch", "frames", 10]);
    expect(other.present).toBeUndefined();
    expect(paddingBelow).toBeLessThan(-1);
  });

  test("a base of pictures is refused by name", async () => {
    const base = writeBase("pictures", ["batch", 3, 8, 8], (g, x) => g.flatten(x));
    await expect(openAudioBase(base, { platform: nodePlatform })).rejects.toThrow(
      "pictures does not take sounds: an audio model takes samples [N, samples] or frames [N, frames, bands]",
    );
  });
});

test("a list of sounds and classes is recognised, and one speaker is on one side of the split", async () => {
  const list = join(root, "speakers.csv");
  const rows = Array.from({ length: 40 }, (_, i) => {
    const name = `speaker${i % 8}-${i}.wav`;
    writeFileSync(join(root, name), wavOf([clip(i % 2 === 0, 700 + i)], 16_000));
    return `${name},${i % 2 === 0 ? "rise" : "fall"},s${Math.floor(i / 2)}`;
  });
  writeFileSync(list, ["audio,label,speaker", ...rows].join("\n"));
  const base = join(root, "base");
  const run = await train(list, { base, strategy: "probe", threads: 1, out: join(root, "speakers-run") });
  expect(run.task).toBe("audio-classification");
  expect(run.test.metric.name).toBe("accuracy");
  if (run.task !== "audio-classification") throw new Error(run.task);
  // Two clips of each of 20 speakers: 3 speakers in the test split.
  expect([run.test.n, run.test.groups]).toEqual([6, 3]);
});

test("speed, SpecAugment and mixup change the training, reproducibly", async () => {
  const lossesOf = async (name: string, more: Partial<TrainOptions>) => {
    const losses: number[] = [];
    await train(data, {
      ...{
        base: join(root, "base"),
        epochs: 2,
        strategy: "finetune",
        threads: 1,
        out: join(root, `losses-${name}`),
      },
      ...more,
      onEvent: (event) => {
        if (event.event === "epoch") losses.push(event.train_loss);
      },
    });
    return losses.join(" ");
  };
  const all = [
    await lossesOf("plain", {}),
    await lossesOf("speed", { augment: "shift,gain,speed" }),
    await lossesOf("spec", { augment: "shift,gain,specaugment" }),
    await lossesOf("mixup", { option: { mixup: 0.2 } }),
  ];
  expect(new Set(all).size).toBe(4);
  expect(await lossesOf("again", { option: { mixup: 0.2 } })).toBe(all[3]);
});
