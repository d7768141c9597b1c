// Pretrains `audio-mini` from random weights with Engraft's own engine.
//
//   node scripts/build.mjs && nice -n 19 node scripts/audio-mini/pretrain.mjs DATA [--state DIR] [--threads N]
//
// DATA holds audio_commands and pretrain_audio. State is saved after every epoch to .cache/audio-mini; the same command resumes, and
// says when training is complete. scripts/audio-mini/export.mjs then writes assets/audio-mini.
import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { draws, permutation } from "../../dist/core/random.js";
import { blockForOrt } from "../../dist/graph/passes/block-for-ort.js";
import { fuseForOrt } from "../../dist/graph/passes/fuse-for-ort.js";
import { parametersOf, promote } from "../../dist/graph/surgery/index.js";
import { toOnnx } from "../../dist/graph/to-onnx.js";
import { loopModel } from "../../dist/graph/to-onnx-loop.js";
import { adamW, oneCycle } from "../../dist/optim/index.js";
import { nodeRuntime } from "../../dist/runtime/ort-node.js";
import { decodeCheckpoint, encodeCheckpoint } from "../../dist/train/epochs/checkpoint.js";
import { freshWeights } from "../../dist/train/initialize.js";
import { runSteps } from "../../dist/train/loop.js";
import { classification } from "../../dist/train/objectives/objective.js";
import { buildStep } from "../../dist/train/step/step.js";
import { startProgram } from "../start-program.mjs";
import { augmentInto } from "./augment.mjs";
import { bands, framesEach, loadClips } from "./clips.mjs";
import { melNetwork } from "./network.mjs";
import { recipe } from "./recipe.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
const { values: args, positionals } = startProgram(import.meta.url, {
  takes: "DATA",
  needs: ["data"],
  options: {
    state: { type: "string", about: "folder of the saved state (default .cache/audio-mini)" },
    threads: { type: "number", default: 2, about: "threads of the runtime" },
  },
});
const [data] = positionals;
const stateDir = args.state ?? join(root, ".cache/audio-mini");
const stateFile = join(stateDir, "last.safetensors");
mkdirSync(stateDir, { recursive: true });

const { mels, labels, held, classes } = await loadClips(data, stateDir);
const training = [...labels.keys()].filter((i) => held[i] === 0);
const heldBack = [...labels.keys()].filter((i) => held[i] === 1);
const each = bands * framesEach;
const { batch, frames } = recipe;
const stepsPerEpoch = Math.floor(training.length / batch);
const totalSteps = recipe.epochs * stepsPerEpoch;

const net = melNetwork(classes.length);
for (const [value, fresh] of freshWeights(net, recipe.seed)) net.initializers.set(value, fresh);
const saved = existsSync(stateFile) ? decodeCheckpoint(readFileSync(stateFile), stateFile) : undefined;
let done = saved?.note.done ?? 0;
let seconds = saved?.note.seconds ?? 0;
const runtime = await nodeRuntime({ threads: args.threads });

/** Yields the batches of steps from … to − 1: augmentation depends on seed, epoch and clip only. */
async function* feeds(from, to) {
  for (let step = from; step < to; step++) {
    const epoch = Math.floor(step / stepsPerEpoch);
    const order = permutation(training.length, recipe.seed, "order", epoch);
    const first = (step - epoch * stepsPerEpoch) * batch;
    const x = new Float32Array(batch * bands * frames);
    const y = new BigInt64Array(batch);
    for (let i = 0; i < batch; i++) {
      const clip = training[order[first + i]];
      const d = draws(recipe.seed, "augment", epoch, clip);
      augmentInto(x, i * bands * frames, frames, mels, clip * each, framesEach, d);
      y[i] = BigInt(labels[clip]);
    }
    yield {
      "train.x": { dtype: "float32", dims: [batch, bands, frames], data: x },
      "train.labels": { dtype: "int64", dims: [batch], data: y },
      "train.weights": { dtype: "float32", dims: [batch], data: new Float32Array(batch).fill(1) },
    };
  }
}

const step = buildStep({
  model: melNetwork(classes.length, net, frames),
  batch,
  trainable: parametersOf(net)
    .filter(({ kind }) => kind !== "statistic")
    .map(({ value, kind }) => ({ value, group: 0, decay: kind === "weight" })),
  objective: classification({ smoothing: recipe.smoothing }),
  optimizer: adamW({ weightDecay: recipe.weightDecay }),
  batchNorm: "train",
});
const session = await runtime.training(
  loopModel(blockForOrt(fuseForOrt(step.graph), { blockSize: await runtime.blockSize() }), {
    state: step.state,
    perStep: step.perStep,
    scalars: step.scalars,
    steps: "steps",
  }),
  { state: saved?.tensors ?? new Map(step.state.map((s) => [s.input, s.initial])) },
);
const values = parametersOf(net).map(({ value }) => value);
const evaluator = await session.evaluator(toOnnx(promote(net, values)));

/** Accuracy on clips of held-back speakers, without augmentation. */
async function accuracy() {
  let right = 0;
  for (let first = 0; first < heldBack.length; first += 64) {
    const part = heldBack.slice(first, first + 64);
    const x = new Float32Array(part.length * each);
    for (const [i, clip] of part.entries()) x.set(mels.subarray(clip * each, (clip + 1) * each), i * each);
    const out = await evaluator.run({
      mels: { dtype: "float32", dims: [part.length, bands, framesEach], data: x },
    });
    const logits = Object.values(out)[0].data;
    part.forEach((clip, i) => {
      const row = logits.subarray(i * classes.length, (i + 1) * classes.length);
      if (row.indexOf(Math.max(...row)) === labels[clip]) right++;
    });
  }
  return right / heldBack.length;
}

while (done < totalSteps) {
  const to = Math.min(totalSteps, (Math.floor(done / stepsPerEpoch) + 1) * stepsPerEpoch);
  const begin = performance.now();
  const report = await runSteps({
    session,
    step,
    totalSteps,
    from: done,
    to,
    schedule: oneCycle(recipe.schedule),
    rates: [recipe.rate],
    feeds: feeds(done, to),
    blockSeconds: 2,
  });
  done = to;
  seconds += (performance.now() - begin) / 1000;
  const record = {
    epoch: done / stepsPerEpoch,
    of: recipe.epochs,
    loss: report.sums.loss / report.steps,
    train: report.sums.correct / report.sums.count,
    held: await accuracy(),
    seconds: Math.round(seconds),
  };
  const note = {
    done,
    seconds,
    totalSteps,
    recipe,
    classes,
    held: { n: heldBack.length, accuracy: record.held },
    training: training.length,
  };
  writeFileSync(`${stateFile}.tmp`, encodeCheckpoint({ tensors: await session.readState(), note }));
  renameSync(`${stateFile}.tmp`, stateFile);
  appendFileSync(join(stateDir, "log.jsonl"), `${JSON.stringify(record)}\n`);
  console.log(JSON.stringify(record));
}
await runtime.close();
console.log("pretraining is complete; now: node scripts/audio-mini/export.mjs");
