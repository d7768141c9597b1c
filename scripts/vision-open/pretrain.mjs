// Trains `vision-open` with Engraft's own engine: all weights learn to answer as the teacher does (function matching).
//
//   node scripts/build.mjs && node scripts/vision-open/pictures.mjs
//   nice node scripts/vision-open/pretrain.mjs TEACHER.onnx [--state DIR] [--threads N]
//
// TEACHER.onnx is MobileNetV2 0.35 of Keras Applications, without its head. State is saved every minute; the same
// command resumes. scripts/vision-open/export.mjs then writes assets/vision-open.
import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { withPixels } from "../../dist/bases/pixels.js";
import { draws } from "../../dist/core/random.js";
import { blockForOrt } from "../../dist/graph/passes/block-for-ort.js";
import { fuseForOrt } from "../../dist/graph/passes/fuse-for-ort.js";
import { parametersOf } from "../../dist/graph/surgery/index.js";
import { toOnnx } from "../../dist/graph/to-onnx.js";
import { loopModel } from "../../dist/graph/to-onnx-loop.js";
import { huberError } from "../../dist/losses/regression.js";
import { adamW, oneCycle } from "../../dist/optim/index.js";
import { nodeRuntime } from "../../dist/runtime/ort-node.js";
import { decodeCheckpoint, encodeCheckpoint } from "../../dist/train/epochs/checkpoint.js";
import { runSteps } from "../../dist/train/loop.js";
import { buildStep } from "../../dist/train/step/step.js";
import { startProgram } from "../start-program.mjs";
import { batchOf, loadPool } from "./crops.mjs";
import { mean, recipe, std } from "./recipe.mjs";
import { map, network, widths } from "./student.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
const { values, positionals } = startProgram(import.meta.url, {
  takes: "TEACHER.onnx",
  needs: ["models"],
  options: {
    state: { type: "string", about: "folder of the saved state (default .cache/vision-open)" },
    threads: { type: "number", default: 1, about: "threads of the runtime" },
  },
});
const [teacherFile] = positionals;
const state = values.state ?? join(root, ".cache/vision-open");
mkdirSync(state, { recursive: true });
const stateFile = join(state, "last.safetensors");
const { size, batch, steps: totalSteps, seed } = recipe;
const places = (size / 32) ** 2;

const pool = loadPool(state);
const runtime = await nodeRuntime({ threads: values.threads });
const preprocessing = { height: size, width: size, rescale: 1 / 255, mean, std, channels: "rgb" };
const fed = (graph) => withPixels(graph, preprocessing);

const teacherGraph = network(teacherFile, { size: [size, size] });
teacherGraph.outputs.push(map);
const teacher = await runtime.session(toOnnx(fed(teacherGraph)));
/** Returns the teacher's pooled features and its last map of a batch: two Float32Arrays. */
async function answersOf(pixels) {
  const dims = [batch, size, size, 3];
  const [pooled, last] = Object.values(await teacher.run({ pixels: { dtype: "uint8", dims, data: pixels } }));
  return { features: pooled.data, map: last.data };
}
const pixelsOf = (step) => batchOf(pool, batch, size, recipe.crops, draws(seed, "crops", step));

/** Mean and deviation of each channel of the targets, over some batches that are not trained on. */
async function targetScales() {
  const sums = { features: new Float64Array(2 * widths.features), map: new Float64Array(2 * widths.map) };
  const batches = recipe.standardised / batch;
  for (let b = 0; b < batches; b++) {
    const answers = await answersOf(pixelsOf(totalSteps + b));
    for (const [name, data] of Object.entries(answers)) {
      const across = name === "map" ? places : 1;
      data.forEach((v, i) => {
        const c = Math.floor(i / across) % widths[name];
        sums[name][2 * c] += v;
        sums[name][2 * c + 1] += v * v;
      });
    }
  }
  return Object.fromEntries(
    Object.entries(sums).map(([name, sum]) => {
      const n = recipe.standardised * (name === "map" ? places : 1);
      const shift = Float32Array.from({ length: widths[name] }, (_, c) => sum[2 * c] / n);
      const scale = shift.map((m, c) => 1 / Math.sqrt(Math.max(sum[2 * c + 1] / n - m * m, 1e-4)));
      return [name, { shift, scale }];
    }),
  );
}
const scales = await targetScales();

function standardised(data, name) {
  const { shift, scale } = scales[name];
  const across = name === "map" ? places : 1;
  return data.map((v, i) => {
    const c = Math.floor(i / across) % widths[name];
    return (v - shift[c]) * scale[c];
  });
}

async function* feeds(from) {
  for (let step = from; step < totalSteps; step++) {
    const pixels = pixelsOf(step);
    const answers = await answersOf(pixels);
    yield {
      "train.x": { dtype: "uint8", dims: [batch, size, size, 3], data: pixels },
      "train.labels": { dtype: "int64", dims: [batch], data: new BigInt64Array(batch) },
      "train.weights": { dtype: "float32", dims: [batch], data: new Float32Array(batch).fill(1) },
      "train.features": {
        dtype: "float32",
        dims: [batch, widths.features],
        data: standardised(answers.features, "features"),
      },
      "train.map": {
        dtype: "float32",
        dims: [batch, widths.map * places],
        data: standardised(answers.map, "map"),
      },
    };
  }
}

const student = network(teacherFile, { size: [size, size], dropped: recipe.dropped });
student.outputs.push(map);
const model = fed(student);
const parameters = parametersOf(model);
/** Smooth L1 of the standardised features, and of the standardised last map. */
const matching = {
  needs: ["train"],
  rows: { features: [widths.features], map: [widths.map * places] },
  terms(g, apply, { train }) {
    const outputs = apply(train.x);
    const loss = (value, name) => {
      const { shift, scale } = scales[name];
      const dims = name === "map" ? [1, widths[name], 1, 1] : [1, widths[name]];
      const row = (data) => g.constant({ dtype: "float32", dims, data });
      const own = g.mul(g.sub(value, row(shift)), row(scale));
      const flat = name === "map" ? g.reshape(own, [batch, widths.map * places]) : own;
      return g.reduceMean(huberError(g, flat, train.rows[name]));
    };
    return {
      terms: {
        features: { value: loss(outputs.logits, "features"), weight: 1 },
        map: { value: loss(outputs.all[1], "map"), weight: recipe.mapWeight },
      },
      logits: outputs,
    };
  },
};
const step = buildStep({
  model,
  batch,
  trainable: parameters
    .filter((p) => p.kind !== "statistic")
    .map((p) => ({ value: p.value, group: 0, decay: p.kind === "weight" })),
  objective: matching,
  optimizer: adamW(recipe.optimizer),
  batchNorm: "train",
  clipNorm: recipe.clipNorm,
});
const saved = existsSync(stateFile) ? decodeCheckpoint(readFileSync(stateFile), stateFile) : undefined;
let done = saved?.note.done ?? 0;
let seconds = saved?.note.seconds ?? 0;
const session = await runtime.training(
  loopModel(blockForOrt(fuseForOrt(step.graph), { blockSize: await runtime.blockSize() }), {
    state: step.state,
    perStep: step.perStep,
    scalars: step.scalars,
    steps: "steps",
  }),
  { state: saved?.tensors ?? new Map(step.state.map((s) => [s.input, s.initial])) },
);

async function save() {
  const tensors = await session.readState();
  writeFileSync(`${stateFile}.tmp`, encodeCheckpoint({ tensors, note: { done, seconds, recipe } }));
  renameSync(`${stateFile}.tmp`, stateFile);
}

let [savedAt, clock] = [performance.now(), performance.now()];
await runSteps({
  session,
  step,
  totalSteps,
  from: done,
  to: totalSteps,
  schedule: oneCycle(recipe.schedule),
  rates: [recipe.rate],
  feeds: feeds(done),
  blockSeconds: 10,
  onBlock: async (block) => {
    seconds += (performance.now() - clock) / 1000;
    clock = performance.now();
    done = block.done;
    const record = {
      step: done,
      loss: block.scalars.loss,
      features: block.scalars["term/features"],
      map: block.scalars["term/map"],
      rate: block.rate * recipe.rate,
      step_ms: Math.round(1000 * block.secondsPerStep),
      seconds: Math.round(seconds),
    };
    appendFileSync(join(state, "log.jsonl"), `${JSON.stringify(record)}\n`);
    console.log(JSON.stringify(record));
    if (performance.now() - savedAt > 60_000) {
      await save();
      savedAt = performance.now();
    }
  },
});
await save();
await session.dispose();
await teacher.dispose();
await runtime.close();
console.log("training is complete; now: node scripts/vision-open/export.mjs");
