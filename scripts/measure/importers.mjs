// Compares models in the form of TF.js with ONNX files of the same weights: node scripts/measure/importers.mjs MODELS
// MODELS is a folder whose folders hold model.json, its shards and an ONNX file. Prints the largest difference of the outputs for random
// pictures, and the seconds of each reading.
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { openModelFile } from "../../dist/bases/open/open-base.js";
import { draws } from "../../dist/core/random.js";
import { float32 } from "../../dist/core/tensor.js";
import { nodePlatform } from "../../dist/platform/node.js";
import { openSession } from "../../dist/runtime/open.js";
import { nodeRuntime } from "../../dist/runtime/ort-node.js";
import { startProgram } from "../start-program.mjs";

const { positionals } = startProgram(import.meta.url, { takes: "MODELS", needs: ["models"], options: {} });
const [models] = positionals;
const runtime = await nodeRuntime({ threads: 1 });
for (const name of readdirSync(models)) {
  const folder = join(models, name);
  const onnx =
    existsSync(join(folder, "model.json")) && readdirSync(folder).find((file) => file.endsWith(".onnx"));
  if (!onnx) continue;
  const [imported, twin] = [await outputsOf(join(folder, "model.json")), await outputsOf(join(folder, onnx))];
  const { data } = twin;
  const difference = data.reduce((most, value, i) => Math.max(most, Math.abs(value - imported.data[i])), 0);
  const largest = data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  console.log(
    `${name}: ${data.length} outputs, largest difference ${difference.toExponential(1)} of ${largest.toFixed(1)}; read in ${imported.seconds.toFixed(2)} s, its ONNX file in ${twin.seconds.toFixed(2)} s`,
  );
}
await runtime.close();

/** Reads a model and returns its outputs for random pictures, all -1 to 1. */
async function outputsOf(path) {
  const begun = performance.now();
  const { graph } = (await openModelFile(path, nodePlatform)).imported;
  const seconds = (performance.now() - begun) / 1000;
  const [input] = graph.inputs;
  const shape = [2, ...graph.typeOf(input).shape.slice(1)];
  const random = draws(1, "pictures");
  const pixels = Float32Array.from(
    { length: shape.reduce((a, b) => a * b, 1) },
    () => 2 * random.uniform() - 1,
  );
  const session = await openSession(runtime, graph);
  const [result] = Object.values(await session.run({ [input]: float32(shape, pixels) }));
  await session.dispose();
  return { data: result.data, seconds };
}
