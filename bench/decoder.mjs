// The training step of a decoder beside PyTorch's: the same network, weights, rows and optimizer.
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
import { peakMemory, print } from "./measure.mjs";

const options = {
  threads: { type: "number", default: 1, about: "threads" },
  steps: { type: "number", default: 20, about: "measured steps" },
};

export const bench = {
  about: "the training step of a decoder beside PyTorch's: losses, processor time and memory",
  needs: ["torch"],
  options,
};

// As in decoder.py.
const [batch, length, words] = [8, 64, 8000];
const count = length - 1;

export async function main({ threads, steps, json }) {
  const folder = mkdtempSync(join(tmpdir(), "engraft-bench-"));
  try {
    const file = join(folder, "decoder.onnx.gz");
    const script = fileURLToPath(new URL("decoder.py", import.meta.url));
    const printed = execFileSync("/usr/bin/python3", [script, file, String(threads), String(steps)], {
      stdio: ["ignore", "pipe", "ignore"],
      env: { ...process.env, OMP_NUM_THREADS: String(threads), OPENBLAS_NUM_THREADS: String(threads) },
    });
    const torch = JSON.parse(printed.toString().trim().split("\n").at(-1));
    const ours = await measured(gunzipSync(readFileSync(file)), { threads, steps });
    const differences = torch.losses.map((loss, i) => Math.abs(ours.losses[i] - loss) / loss);
    const result = {
      parameters: torch.parameters,
      step_s: ours.seconds,
      step_s_pytorch: torch.seconds,
      ratio: ours.seconds / torch.seconds,
      peak_mb: ours.peak,
      peak_mb_pytorch: torch.peak_mb,
      losses_differ: Math.max(...differences).toExponential(1),
    };
    print(result, json);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Steps in the runtime as in `engraft pretrain`. */
async function measured(bytes, { threads, steps }) {
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
