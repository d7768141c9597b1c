// A full fine-tune step (forward, loss, backward, SGD with momentum or AdamW on every weight) against the forward pass
// of the unchanged file. Reported as step ÷ forward, which holds on any machine: 3.0 is the limit set by the
// multiplications alone.
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { inNewProcess, print } from "./measure.mjs";
import { measureFed, measureForward } from "./step-forward.mjs";
import { measureOutside, measureStep, profileStep } from "./step-training.mjs";

const options = {
  model: { type: "string", required: true, about: "ONNX file of a classifier, of pictures or of tokens" },
  batch: { type: "number", default: 16, about: "examples a step" },
  threads: { type: "number", default: availableParallelism(), about: "threads" },
  tokens: { type: "number", default: 128, about: "length of a text where the file leaves it open" },
  optimizer: {
    type: "string",
    default: "sgd",
    choices: ["sgd", "adamw"],
    about: "sgd (momentum 0.9) or adamw",
  },
  "image-size": { type: "number", about: "height and width where the file leaves them open (default 224)" },
  "batch-norm": {
    type: "string",
    default: "frozen",
    choices: ["frozen", "train"],
    about: "frozen or train: running statistics, or the batch's",
  },
  strategy: {
    type: "string",
    default: "full",
    choices: ["full", "lora", "dora", "ia3", "adapter"],
    about: "what trains: every weight, or adapters beside frozen ones",
  },
  forms: {
    type: "string",
    default: "measured",
    choices: ["measured", "rule"],
    about:
      "gradients of convolutions as measured on this machine, as long trainings have them, or by the rule",
  },
  device: {
    type: "string",
    default: "cpu",
    choices: ["cpu", "webgpu", "cuda"],
    about: "where the step runs",
  },
  recompute: { type: "boolean", about: "also a step in as little memory as can be, beside it" },
  steps: { type: "number", default: 8, about: "steps to time, at least" },
  profile: { type: "boolean", about: "also print the step's time by operator (profiling itself costs time)" },
};

export const bench = {
  about: "a full fine-tune step against its forward pass",
  needs: [],
  options,
  smallest: {
    model: fileURLToPath(new URL("../test/golden/resnet-basic.opset13.onnx", import.meta.url)),
    ...{ batch: 2, threads: 1, "image-size": 32, steps: 1 },
  },
};

const forwardModule = new URL("step-forward.mjs", import.meta.url).href;
const trainingModule = new URL("step-training.mjs", import.meta.url).href;

export async function main(options) {
  const forward = await inNewProcess(forwardModule, measureForward, options);
  const fed = await inNewProcess(forwardModule, measureFed, options);
  const step = await inNewProcess(trainingModule, measureStep, { ...options, recompute: false });
  const small = options.recompute && (await inNewProcess(trainingModule, measureStep, options));
  // If the steps are no Loop: all time outside the graph.
  const moved = step.block_of_one
    ? await inNewProcess(trainingModule, measureOutside, { ...options, recompute: false })
    : step;
  const { forward_ms } = forward;
  print(
    {
      forward_ms,
      forward_fed_ms: fed.forward_fed_ms,
      step_ms: step.step_ms,
      ratio: step.step_ms / forward_ms,
      state_ms: moved.state_ms,
      first_step_ms: step.first_step_ms,
      compile_ms: step.compile_ms,
      peak_rss_mb: step.peak_rss_mb,
      ratio_fed: step.step_ms / fed.forward_fed_ms,
      ...(small && {
        recompute_step_ms: small.step_ms,
        recompute_peak_rss_mb: small.peak_rss_mb,
        recompute_time_ratio: small.step_ms / step.step_ms,
        recompute_memory_ratio: small.peak_rss_mb / step.peak_rss_mb,
      }),
      block: step.block,
      parameters: step.parameters,
      ...(options.strategy !== "full" && { strategy: options.strategy, trained_share: step.share }),
      batch: options.batch,
      threads: options.threads,
      batch_norm: options["batch-norm"],
    },
    options.json,
  );
  if (options.profile) {
    const shares = await inNewProcess(trainingModule, profileStep, options);
    if (options.json) console.log(JSON.stringify(shares));
    else console.table(shares);
  }
}
