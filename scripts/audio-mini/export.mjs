// Writes assets/audio-mini from the state of the pretraining: weights, configuration, and the facts for the card. Then
// scripts/audio-mini/measure.mjs measures the base, and scripts/audio-mini/card.mjs writes the card.
//
//   node scripts/build.mjs && node scripts/audio-mini/export.mjs DATA [--state DIR]
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { audioNet } from "../../dist/bases/architectures/audio-net.js";
import { wilsonInterval } from "../../dist/evaluate/index.js";
import { parametersOf } from "../../dist/graph/surgery/index.js";
import { toOnnx } from "../../dist/graph/to-onnx.js";
import { sha256 } from "../../dist/platform/node.js";
import { nodeRuntime } from "../../dist/runtime/ort-node.js";
import { decodeCheckpoint } from "../../dist/train/epochs/checkpoint.js";
import { startProgram } from "../start-program.mjs";
import { loadWaveforms } from "./clips.mjs";
import { rate } from "./recipe.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
const { values, positionals } = startProgram(import.meta.url, {
  takes: "DATA",
  needs: ["data", "state"],
  options: { state: { type: "string", about: "folder of the saved state (default .cache/audio-mini)" } },
});
const [data] = positionals;
const stateDir = values.state ?? join(root, ".cache/audio-mini");
const { tensors, note } = decodeCheckpoint(readFileSync(join(stateDir, "last.safetensors")), stateDir);
if (note.done < note.totalSteps)
  throw new Error(`pretraining is not complete: step ${note.done} of ${note.totalSteps}`);
const { recipe } = note;

const net = audioNet({ widths: recipe.widths });
for (const value of net.initializers.keys()) {
  const trained = tensors.get(value);
  if (trained) net.initializers.set(value, trained);
}

// Normalises the features: mean and variance over the clips of the pretraining.
const runtime = await nodeRuntime({ threads: 2 });
const session = await runtime.session(toOnnx(net));
const width = net.typeOf("features").shape[1];
const [sum, squares] = [new Float64Array(width), new Float64Array(width)];
let n = 0;
for await (const waveform of loadWaveforms(data)) {
  const x = { dtype: "float32", dims: [1, waveform.length], data: waveform };
  const { data: row } = (await session.run({ input_values: x })).features;
  row.forEach((v, i) => {
    sum[i] += v;
    squares[i] += v * v;
  });
  n++;
}
await runtime.close();
const mean = sum.map((s) => s / n);
// Features that hardly vary must not become large.
const variance = squares.map((s, i) => Math.max(s / n - mean[i] ** 2, 1e-3));
net.initializers.set("features/norm.mean", {
  dtype: "float32",
  dims: [width],
  data: Float32Array.from(mean),
});
net.initializers.set("features/norm.variance", {
  dtype: "float32",
  dims: [width],
  data: Float32Array.from(variance),
});

// Weights of convolutions are stored in 16 bits; the front end stays exact.
const halves = parametersOf(net).filter(({ kind, size }) => kind === "weight" && size >= 256);
const onnx = toOnnx(net, { storeAs: new Map(halves.map(({ value }) => [value, "float16"])) });
const out = join(root, "assets/audio-mini");
mkdirSync(join(out, "onnx"), { recursive: true });
writeFileSync(join(out, "onnx/model.onnx"), onnx);
const json = (name, value) => writeFileSync(join(out, name), `${JSON.stringify(value, undefined, 2)}\n`);
json("config.json", {
  model_type: "wav2vec2",
  architectures: ["Wav2Vec2Model"],
  "transformers.js_config": { dtype: "fp32" },
});
json("preprocessor_config.json", {
  feature_extractor_type: "Wav2Vec2FeatureExtractor",
  ...{ feature_size: 1, sampling_rate: rate, padding_side: "right", padding_value: -10000 },
  ...{ do_normalize: false, return_attention_mask: false },
});
const heard = (matches) => note.classes.filter(matches).length;
const made = (name) => name.startsWith("made_");
const arabic = (name) => name.startsWith("ar_");
json("facts.json", {
  sha256: sha256(onnx),
  bytes: onnx.length,
  parameters: parametersOf(net).reduce((total, { size }) => total + size, 0),
  held_back: {
    ...note.held,
    ci95: wilsonInterval(Math.round(note.held.n * note.held.accuracy), note.held.n),
  },
  pretraining: {
    seconds: Math.round(note.seconds),
    classes: note.classes.length,
    words: { english: heard((c) => !made(c) && !arabic(c)), arabic: heard(arabic) },
    kinds: heard(made),
    clips: note.training,
    recipe,
  },
});
copyFileSync(join(stateDir, "log.jsonl"), join(out, "training-log.jsonl"));
console.log(onnx.length, "bytes");
