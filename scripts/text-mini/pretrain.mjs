// Pretrains `text-mini` from random weights with Engraft's own engine.
//
//   node scripts/build.mjs && nice -n 19 node scripts/text-mini/pretrain.mjs FOLDER [--state DIR] [--threads N]
//
// FOLDER holds data/pretrain_text (en, zh, parallel). State is saved every two minutes to .cache/pretrain-text; the
// same command resumes. `--steps N` stops after N steps of this call, to measure.
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from "node:fs";
import { constants, setPriority } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { float32 } from "../../dist/core/tensor.js";
import { fuseForOrt } from "../../dist/graph/passes/fuse-for-ort.js";
import { loopModel } from "../../dist/graph/to-onnx-loop.js";
import { adamW, linear } from "../../dist/optim/index.js";
import { nodeRuntime } from "../../dist/runtime/ort-node.js";
import { decodeCheckpoint, encodeCheckpoint } from "../../dist/train/epochs/checkpoint.js";
import { runSteps } from "../../dist/train/loop.js";
import { classification } from "../../dist/train/objectives/objective.js";
import { buildStep } from "../../dist/train/step/step.js";
import { startProgram } from "../start-program.mjs";
import { encoder, languages, tokensOf, vocabularyOf } from "./corpus.mjs";
import { fillWeights, trainables } from "./networks.mjs";
import { recipe } from "./recipe.mjs";
import { stagesOf, wordVectorsName } from "./stages.mjs";
import { tokenCounts, weighByFrequency, wordVectors } from "./vectors.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
const { values, positionals } = startProgram(import.meta.url, {
  takes: "FOLDER",
  needs: ["data"],
  options: {
    state: { type: "string", about: "folder of the saved state (default .cache/pretrain-text)" },
    threads: { type: "number", default: 2, about: "threads of the runtime" },
    steps: { type: "number", about: "stop after so many steps, to measure" },
  },
});
const [folder] = positionals;
const data = join(folder, "data/pretrain_text");
const stateDir = values.state ?? join(root, ".cache/pretrain-text");
const stateFile = join(stateDir, "last.safetensors");
const mostSteps = values.steps ?? Number.POSITIVE_INFINITY;
mkdirSync(stateDir, { recursive: true });
setPriority(constants.priority.PRIORITY_LOW);
try {
  // Linux schedules a process group as one: without this the priority applies only among its own threads.
  writeFileSync("/proc/self/autogroup", "19");
} catch {
  // Another system, or one without autogroups.
}
const log = (record) => {
  appendFileSync(join(stateDir, "log.jsonl"), `${JSON.stringify(record)}\n`);
  console.log(JSON.stringify(record));
};
const writeWhole = (file, bytes) => {
  writeFileSync(`${file}.tmp`, bytes);
  renameSync(`${file}.tmp`, file);
};

const vocabulary = vocabularyOf(data, stateDir, recipe);
const encode = encoder(vocabulary);
const corpora = languages.map((language) => tokensOf(data, stateDir, language, encode));
const stages = stagesOf(recipe, { corpora, vocabulary, encode, folder: data });

const saved = existsSync(stateFile) ? decodeCheckpoint(readFileSync(stateFile), stateFile) : undefined;
/** The current stage, its steps so far, seconds of all stages; weights and the optimiser's state. */
let at = Math.max(
  0,
  stages.findIndex(({ name }) => name === saved?.note.stage),
);
let done = saved?.note.done ?? 0;
let seconds = saved?.note.seconds ?? 0;
let state = saved?.tensors;
let left = mostSteps;

/** Initial values of the word embedding, stored because they take minutes. */
function firstVectors(size) {
  const file = join(stateDir, "vectors.f32");
  const width = recipe.network.vectors;
  if (!existsSync(file)) {
    const started = performance.now();
    const { window, a } = recipe.vectors;
    const table = wordVectors(corpora, { size, width, window, deviation: 1, seed: recipe.seed });
    writeWhole(file, weighByFrequency(table, tokenCounts(corpora, size), { width, a }));
    log({ vectors: Math.round((performance.now() - started) / 1000) });
  }
  const { buffer, byteOffset, length } = readFileSync(file);
  return float32([size, width], new Float32Array(buffer.slice(byteOffset, byteOffset + length)));
}

/** Initial weights of a stage: those of the one before, or fresh ones; the optimiser's state is empty. */
function startOf(step) {
  const before = state;
  return new Map(step.state.map((s) => [s.input, before?.get(s.input) ?? s.initial]));
}

async function train(stage, runtime) {
  const model = stage.model();
  fillWeights(model, recipe.seed);
  if (!state) model.initializers.set(wordVectorsName, firstVectors(vocabulary.size));
  if (done === 0 && state)
    state = new Map([...state].filter(([name]) => !name.includes("#") && !name.startsWith("cls.")));
  // Weights that this stage does not train are carried through it.
  for (const name of model.initializers.keys())
    if (state?.has(name)) model.initializers.set(name, state.get(name));
  const step = buildStep({
    model,
    batch: stage.batch,
    trainable: trainables(model, stage.frozen),
    objective: classification(),
    optimizer: adamW(recipe.optimizer),
    clipNorm: recipe.optimizer.clipNorm,
    batchNorm: "frozen",
  });
  const parts = { state: step.state, perStep: step.perStep, scalars: step.scalars, steps: "steps" };
  const session = await runtime.training(loopModel(fuseForOrt(step.graph), parts), {
    state: startOf(step),
    options: { spinning: false },
  });
  let savedAt = performance.now();
  const save = async () => {
    state = new Map([...(state ?? []), ...(await session.readState())]);
    const note = { stage: stage.name, done, of: stage.steps, seconds, recipe };
    writeWhole(stateFile, encodeCheckpoint({ tensors: state, note }));
    savedAt = performance.now();
  };
  const end = Math.min(stage.steps, done + left);
  const none = { loss: 0, correct: 0, count: 0, seconds: 0, steps: 0 };
  let sums = { ...none };
  let clock = performance.now();
  await runSteps({
    session,
    step,
    totalSteps: stage.scheduled ?? stage.steps,
    from: done,
    to: end,
    schedule: linear({ warmup: stage.warmup }),
    rates: stage.frozen.includes(wordVectorsName) ? [stage.rate] : [stage.rate, stage.vectorRate],
    feeds: stage.feeds(done, end),
    blockSeconds: 10,
    stateBytes: step.state.reduce((n, s) => n + 4 * s.initial.data.length, 0),
    onBlock: async (block) => {
      const spent = (performance.now() - clock) / 1000;
      seconds += spent;
      clock = performance.now();
      const steps = block.done - done;
      done = block.done;
      left -= steps;
      sums.steps += steps;
      sums.seconds += spent;
      for (const name of ["loss", "correct", "count"]) sums[name] += block.scalars[name] * steps;
      if (performance.now() - savedAt > 120_000) await save();
      if (sums.seconds < 60 && done < end) return;
      log({
        stage: stage.name,
        step: done,
        of: stage.steps,
        loss: sums.loss / sums.steps,
        correct: sums.correct / sums.count,
        step_ms: Math.round((1000 * sums.seconds) / sums.steps),
        tokens_per_second: Math.round((sums.steps * stage.tokens) / sums.seconds),
        seconds: Math.round(seconds),
        processor_seconds: Math.round((process.cpuUsage().user + process.cpuUsage().system) / 1e6),
      });
      sums = { ...none };
    },
  });
  await save();
  await session.dispose();
}

const runtime = await nodeRuntime({ threads: values.threads });
for (; at < stages.length && left > 0; at++, done = 0) {
  const stage = stages[at];
  if (done < stage.steps) await train(stage, runtime);
  if (done < stage.steps) break;
  const kept = join(stateDir, `${stage.name}.safetensors`);
  if (!existsSync(kept)) copyFileSync(stateFile, kept);
}
await runtime.close();
if (at === stages.length && saved && JSON.stringify(saved.note.recipe) !== JSON.stringify(recipe)) {
  // The state also lists the skipped stages.
  const note = { ...decodeCheckpoint(readFileSync(stateFile), stateFile).note, recipe };
  writeWhole(stateFile, encodeCheckpoint({ tensors: state, note }));
}
console.log(
  at < stages.length ? `${stages[at].name}: ${done} of ${stages[at].steps} steps` : "pretraining is complete",
);
