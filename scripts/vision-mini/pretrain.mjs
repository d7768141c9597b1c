// Pretrains `vision-mini` from random weights with Engraft's own engine.
//
//   node scripts/build.mjs && nice -n 19 node scripts/vision-mini/pretrain.mjs FOLDER [--state DIR] [--threads N]
//
// FOLDER holds data/pretrain_images (train/*.tar.gz, val/*.tar.gz, classes.json) and models/ (the teachers of the
// second stage). State is saved every minute to .cache/pretrain; the same command resumes, and says when training is
// complete. scripts/vision-mini/export.mjs then writes assets/vision-mini.
import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { residualNet } from "../../dist/bases/architectures/index.js";
import { withPixels } from "../../dist/bases/pixels.js";
import { draws, permutation } from "../../dist/core/random.js";
import { blockForOrt } from "../../dist/graph/passes/block-for-ort.js";
import { fuseForOrt } from "../../dist/graph/passes/fuse-for-ort.js";
import { parametersOf, promote } from "../../dist/graph/surgery/index.js";
import { toOnnx } from "../../dist/graph/to-onnx.js";
import { loopModel } from "../../dist/graph/to-onnx-loop.js";
import { oneCycle, sgd } from "../../dist/optim/index.js";
import { openMachine } from "../../dist/run/machine.js";
import { nodeRuntime } from "../../dist/runtime/ort-node.js";
import { decodeCheckpoint, encodeCheckpoint } from "../../dist/train/epochs/checkpoint.js";
import { freshWeights } from "../../dist/train/initialize.js";
import { runSteps } from "../../dist/train/loop.js";
import { classification, distillation } from "../../dist/train/objectives/objective.js";
import { buildStep } from "../../dist/train/step/step.js";
import { startProgram } from "../start-program.mjs";
import { augmentations, bytesEach, loadPictures, side } from "./pictures.mjs";
import { mean, recipe, std } from "./recipe.mjs";
import { softLabels } from "./soft-labels.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
const { values: args, positionals } = startProgram(import.meta.url, {
  takes: "FOLDER",
  needs: ["data", "models"],
  options: {
    state: { type: "string", about: "folder of the saved state (default .cache/pretrain)" },
    threads: { type: "number", default: 2, about: "threads of the runtime" },
  },
});
const [folder] = positionals;
const data = join(folder, "data/pretrain_images");
const stateDir = args.state ?? join(root, ".cache/pretrain");
const stateFile = join(stateDir, "last.safetensors");
mkdirSync(stateDir, { recursive: true });

const train = await loadPictures(data, "train", stateDir);
const held = await loadPictures(data, "val", stateDir);
const classes = train.classes.length;
const stepsPerEpoch = Math.floor(train.labels.length / recipe.batch);

const net = residualNet({ ...recipe.network, classes });
for (const [value, fresh] of freshWeights(net, recipe.seed)) net.initializers.set(value, fresh);

const saved = existsSync(stateFile) ? decodeCheckpoint(readFileSync(stateFile), stateFile) : undefined;
/** The current stage, its steps so far, seconds of all stages; weights and the optimiser's state. */
let stage = saved?.note.stage ?? 0;
let done = saved?.note.done ?? 0;
let seconds = saved?.note.seconds ?? 0;
let state = saved?.tensors;
const log = (record) => {
  appendFileSync(join(stateDir, "log.jsonl"), `${JSON.stringify(record)}\n`);
  console.log(JSON.stringify(record));
};
const runtime = await nodeRuntime({ threads: args.threads });
const blockSize = await runtime.blockSize();

/** Yields the batches of steps from … to - 1: augmentation depends on seed, stage, epoch and image only. */
async function* feeds(from, to, size, { name, pictures }, teacher) {
  const augmentInto = augmentations[pictures];
  const key = name === "labels" ? "" : `${name} `;
  let order;
  let epoch = -1;
  for (let step = from; step < to; step++) {
    if (Math.floor(step / stepsPerEpoch) !== epoch) {
      epoch = Math.floor(step / stepsPerEpoch);
      order = permutation(train.labels.length, recipe.seed, `${key}order`, epoch);
    }
    const first = (step - epoch * stepsPerEpoch) * recipe.batch;
    const pixels = new Uint8Array(recipe.batch * size * size * 3);
    const labels = new BigInt64Array(recipe.batch);
    const scores = teacher && new Float32Array(recipe.batch * classes);
    for (let i = 0; i < recipe.batch; i++) {
      const index = order[first + i];
      augmentInto(
        pixels,
        i * size * size * 3,
        train.pixels,
        index,
        size,
        draws(recipe.seed, `${key}augment`, epoch, index),
      );
      labels[i] = BigInt(train.labels[index]);
      scores?.set(teacher.subarray(index * classes, (index + 1) * classes), i * classes);
    }
    yield {
      "train.x": { dtype: "uint8", dims: [recipe.batch, size, size, 3], data: pixels },
      "train.labels": { dtype: "int64", dims: [recipe.batch], data: labels },
      "train.weights": {
        dtype: "float32",
        dims: [recipe.batch],
        data: new Float32Array(recipe.batch).fill(1),
      },
      ...(scores && { "train.teacher": { dtype: "float32", dims: [recipe.batch, classes], data: scores } }),
    };
  }
}

const pixelsAt = (size) =>
  withPixels(net, { height: size, width: size, rescale: 1 / 255, mean, std, channels: "rgb" });

async function accuracy(session) {
  const batch = 99; // divides the 3,960 held-back pictures
  let correct = 0;
  for (let first = 0; first < held.labels.length; first += batch) {
    const n = Math.min(batch, held.labels.length - first);
    const pixels = new Uint8Array(held.pixels.subarray(first * bytesEach, (first + n) * bytesEach));
    const out = await session.run({ pixels: { dtype: "uint8", dims: [n, side, side, 3], data: pixels } });
    const logits = Object.values(out)[0].data;
    for (let i = 0; i < n; i++) {
      let best = 0;
      for (let c = 1; c < classes; c++) if (logits[i * classes + c] > logits[i * classes + best]) best = c;
      if (best === held.labels[first + i]) correct++;
    }
  }
  return correct / held.labels.length;
}

/** Trains one image size within a stage, from its current step to its end. */
async function trainPhase({ size, end, totalSteps, teacher }) {
  const current = recipe.stages[stage];
  const model = pixelsAt(size);
  const parameters = parametersOf(model);
  const { smoothing, rate, schedule } = current;
  const step = buildStep({
    model,
    batch: recipe.batch,
    trainable: parameters
      .filter((p) => p.kind !== "statistic")
      .map((p) => ({ value: p.value, group: 0, decay: p.kind === "weight" })),
    objective: teacher
      ? distillation({ classes, smoothing, ...current.teacher })
      : classification({ smoothing }),
    optimizer: sgd(recipe.optimizer),
    batchNorm: "train",
  });
  const session = await runtime.training(
    loopModel(blockForOrt(fuseForOrt(step.graph), { blockSize }), {
      state: step.state,
      perStep: step.perStep,
      scalars: step.scalars,
      steps: "steps",
    }),
    { state: state ?? new Map(step.state.map((s) => [s.input, s.initial])) },
  );
  const evaluator = await session.evaluator(
    toOnnx(
      promote(
        pixelsAt(side),
        parameters.map((p) => p.value),
      ),
    ),
  );
  let savedAt = performance.now();
  const save = async () => {
    state = await session.readState();
    const note = { stage, done, seconds, totalSteps, recipe };
    writeFileSync(`${stateFile}.tmp`, encodeCheckpoint({ tensors: state, note }));
    renameSync(`${stateFile}.tmp`, stateFile);
    savedAt = performance.now();
  };
  while (done < end) {
    const to = Math.min(end, (Math.floor(done / stepsPerEpoch) + 1) * stepsPerEpoch);
    const started = performance.now();
    let clock = started;
    const report = await runSteps({
      session,
      step,
      totalSteps,
      from: done,
      to,
      schedule: oneCycle(schedule),
      rates: [rate],
      feeds: feeds(done, to, size, current, teacher),
      blockSeconds: 2,
      onBlock: async (block) => {
        seconds += (performance.now() - clock) / 1000;
        clock = performance.now();
        done = block.done;
        if (performance.now() - savedAt > 45_000) await save();
      },
    });
    await save();
    log({
      stage: current.name,
      epoch: done / stepsPerEpoch,
      of: totalSteps / stepsPerEpoch,
      size,
      loss: report.sums.loss / report.steps,
      train: report.sums.correct / report.sums.count,
      held: await accuracy(evaluator),
      seconds: Math.round(seconds),
      step_ms: Math.round((performance.now() - started) / report.steps),
    });
  }
  await session.dispose();
}

for (; stage < recipe.stages.length; stage++, done = 0) {
  const { phases, teacher: teaching } = recipe.stages[stage];
  const totalSteps = phases.reduce((n, p) => n + p.epochs, 0) * stepsPerEpoch;
  if (done >= totalSteps) continue;
  // A stage starts from the last one's weights and running averages, with an empty optimiser state.
  if (done === 0 && state) for (const [name, { data }] of state) if (name.includes("#")) data.fill(0);
  const { platform } = await openMachine();
  const common = { recipe, teacher: teaching, platform, runtime };
  const soft = teaching && (await softLabels(folder, { train, val: held }, stateDir, common));
  if (soft && done === 0) log({ teacher: soft.facts });
  let end = 0;
  for (const { size, epochs } of phases) {
    end += epochs * stepsPerEpoch;
    if (done < end) await trainPhase({ size, end, totalSteps, teacher: soft?.scores });
  }
}
await runtime.close();
console.log("pretraining is complete; now: node scripts/vision-mini/export.mjs");
