// The training step of a decoder beside PyTorch's: the same network, weights, rows and optimizer.
//   node bench/decoder.mjs        processor seconds of a step on one thread, memory, and the losses of both
// Needs Debian's python3-torch, python3-onnx and libopenblas0: with Debian's plain BLAS, PyTorch takes several times as long.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { languageModel } from "../dist/bases/language-model.js";
import { tieTables } from "../dist/bases/text/tie-tables.js";
import { fromOnnx } from "../dist/graph/from-onnx.js";
import { fuseForOrt } from "../dist/graph/passes/fuse-for-ort.js";
import { parametersOf } from "../dist/graph/surgery/index.js";
import { adamW } from "../dist/optim/index.js";
import { nodePlatform } from "../dist/platform/node.js";
import { costStore } from "../dist/run/forecast/cost-store.js";
import { fitted } from "../dist/runtime/open.js";
import { nodeRuntime } from "../dist/runtime/ort-node.js";
import { languageModelling } from "../dist/train/objectives/language-objective.js";
import { chooser, measuredForms } from "../dist/train/step/choose-forms.js";
import { feedNames } from "../dist/train/step/state-names.js";
import { buildStep } from "../dist/train/step/step.js";
import { trainingModel } from "../dist/train/step/training-model.js";
import { peakMemory } from "./measure.mjs";

const [batch, length, words, threads, steps] = [8, 64, 8000, 1, 20];
const count = length - 1;
const folder = mkdtempSync(join(tmpdir(), "engraft-bench-"));
try {
  const file = join(folder, "decoder.onnx.gz");
  const script = fileURLToPath(new URL("decoder.py", import.meta.url));
  const torch = JSON.parse(
    execFileSync("/usr/bin/python3", [script, file, String(threads), String(steps)], {
      stdio: ["ignore", "pipe", "ignore"],
      env: { ...process.env, OMP_NUM_THREADS: String(threads), OPENBLAS_NUM_THREADS: String(threads) },
    })
      .toString()
      .trim()
      .split("\n")
      .at(-1),
  );
  const ours = await measured(gunzipSync(readFileSync(file)));
  const differences = torch.losses.map((loss, i) => Math.abs(ours.losses[i] - loss) / loss);
  console.log(`parameters       ${torch.parameters}`);
  console.log(`processor time   ${ours.seconds.toFixed(3)} s a step, PyTorch ${torch.seconds.toFixed(3)} s`);
  console.log(`ratio            ${(ours.seconds / torch.seconds).toFixed(2)}`);
  console.log(`memory           ${Math.round(ours.peak)} MB, PyTorch ${Math.round(torch.peak_mb)} MB`);
  console.log(
    `losses           differ by at most ${Math.max(...differences).toExponential(1)} in ${differences.length} steps`,
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Steps in the runtime as in `engraft pretrain`. */
async function measured(bytes) {
  const runtime = await nodeRuntime({ threads });
  const { graph } = fromOnnx(bytes, { emptyCache: true });
  tieTables(graph);
  const { graph: model } = languageModel(graph, { pad: 0, length, count, begin: "tied" });
  const trainable = parametersOf(model).map(({ value }) => ({ value, group: 0, decay: true }));
  const parts = {
    ...{ model, batch, trainable, objective: languageModelling(count), batchNorm: "frozen" },
    optimizer: adamW({ weightDecay: 0.01 }),
    clipNorm: 1,
  };
  const store = costStore(nodePlatform, threads, runtime.version);
  const chosen = await measuredForms(runtime, store, (chooseForm) => buildStep({ ...parts, chooseForm }));
  const step = buildStep({ ...parts, chooseForm: chooser(chosen) });
  const { bytes: loop, frozen } = trainingModel(fitted(runtime, fuseForOrt(step.graph)), step, runtime);
  const session = await runtime.training(loop, {
    state: new Map(step.state.map((s) => [s.input, s.initial])),
    frozen,
  });
  const ids = Int32Array.from({ length: batch * length }, (_, i) => ((i * 7919) % (words - 5)) + 5);
  const x = new Int32Array(batch * (length + 2 * count));
  for (let r = 0; r < batch; r++) {
    const row = ids.subarray(r * length, (r + 1) * length);
    const places = Array.from({ length: count }, (_, i) => r * length + i);
    x.set([...row, ...places, ...row.subarray(1)], r * (length + 2 * count));
  }
  const names = feedNames("train");
  const places = batch * count;
  const feeds = (t) => ({
    [names.x]: { dtype: "int32", dims: [1, batch, length + 2 * count], data: x.slice() },
    [names.labels]: { dtype: "int64", dims: [1, places], data: new BigInt64Array(places) },
    [names.weights]: { dtype: "float32", dims: [1, places], data: new Float32Array(places).fill(1) },
    rates: { dtype: "float32", dims: [1, 1], data: Float32Array.of(1e-4) },
    momentum: { dtype: "float32", dims: [1], data: Float32Array.of(0.9) },
    step: { dtype: "float32", dims: [1], data: Float32Array.of(t + 1) },
  });
  const losses = [];
  let begin = process.cpuUsage();
  for (let t = 0; t < steps + 3; t++) {
    if (t === 3) begin = process.cpuUsage();
    const all = feeds(t);
    const given = Object.fromEntries(session.inputs.map(({ name }) => [name, all[name]]));
    const { loss } = await session.steps(given, 1);
    losses.push(loss.data[0]);
  }
  const { user, system } = process.cpuUsage(begin);
  const result = { seconds: (user + system) / 1e6 / steps, peak: peakMemory(), losses };
  await session.dispose();
  await runtime.close();
  return result;
}
