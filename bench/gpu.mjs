// A training step and the forward pass on the CPU and on the GPU of this machine, side by side.
import { availableParallelism } from "node:os";
import { openSession } from "../dist/runtime/open.js";
import { nodeRuntime } from "../dist/runtime/ort-node.js";
import { inNewProcess, print, time } from "./measure.mjs";
import { exampleOf, readGraph } from "./step-graph.mjs";
import { measureStep, profileStep } from "./step-training.mjs";

const options = {
  model: { type: "string", required: true, about: "ONNX file of a classifier, of pictures or of tokens" },
  batch: { type: "number", default: 32, about: "examples a step" },
  threads: { type: "number", default: availableParallelism(), about: "threads of the CPU" },
  tokens: { type: "number", default: 128, about: "length of a text where the file leaves it open" },
  "image-size": { type: "number", about: "height and width where the file leaves them open (default 224)" },
  optimizer: {
    type: "string",
    default: "sgd",
    choices: ["sgd", "adamw"],
    about: "sgd (momentum 0.9) or adamw",
  },
  device: { type: "string", default: "webgpu", choices: ["webgpu", "cuda"], about: "the GPU's provider" },
  steps: { type: "number", default: 8, about: "steps to time, at least" },
  profile: { type: "boolean", about: "also print the step's time on the GPU by operator" },
};

export const bench = {
  about: "a full fine-tune step and the forward pass on the GPU, beside the CPU",
  needs: ["gpu"],
  options,
};

export async function main(given) {
  const options = { "batch-norm": "frozen", strategy: "full", forms: "measured", recompute: false, ...given };
  const step = new URL("step-training.mjs", import.meta.url).href;
  const on = async (device) => ({
    ...(await inNewProcess(step, measureStep, { ...options, device })),
    ...(await inNewProcess(import.meta.url, measureFeatures, { ...options, device })),
  });
  const [cpu, gpu] = [await on("cpu"), await on(options.device)];
  print(
    {
      cpu_step_ms: cpu.step_ms,
      gpu_step_ms: gpu.step_ms,
      step_speedup: cpu.step_ms / gpu.step_ms,
      gpu_first_step_ms: gpu.first_step_ms,
      cpu_forward_ms: cpu.forward_ms,
      gpu_forward_ms: gpu.forward_ms,
      forward_speedup: cpu.forward_ms / gpu.forward_ms,
      adapter: gpu.adapter,
      ...{ batch: options.batch, threads: options.threads },
    },
    options.json,
  );
  if (options.profile) console.table(await inNewProcess(step, profileStep, options));
}

/** Measures the forward pass on a device, in the form for it. */
export async function measureFeatures(options) {
  const runtime = await nodeRuntime({ threads: options.threads, device: options.device });
  const graph = readGraph(options);
  const session = await openSession(runtime, graph);
  const feeds = { [session.inputs[0].name]: exampleOf(graph.typeOf(graph.inputs[0]), options) };
  const forward_ms = await time(() => session.run(feeds));
  const { adapter } = runtime;
  await runtime.close();
  return { forward_ms, adapter };
}
