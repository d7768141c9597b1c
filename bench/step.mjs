// A full fine-tune step (forward, loss, backward, SGD with momentum or AdamW on every weight) against the forward pass
// of the unchanged file. Reported as step ÷ forward, which holds on any machine: 3.0 is the limit set by the
// multiplications alone.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { inNewProcess, localRuntime, median, peakMemory, print, readOptions, time } from "./measure.mjs";

const table = {
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

export async function main(args) {
  const options = readOptions(args, "step", table);
  const forward = await inNewProcess(import.meta.url, "measureForward", options);
  const fed = await inNewProcess(import.meta.url, "measureFed", options);
  const step = await inNewProcess(import.meta.url, "measureStep", { ...options, recompute: false });
  const small = options.recompute && (await inNewProcess(import.meta.url, "measureStep", options));
  // If the steps are no Loop: all time outside the graph.
  const moved = step.block_of_one
    ? await inNewProcess(import.meta.url, "measureOutside", { ...options, recompute: false })
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
    const shares = await inNewProcess(import.meta.url, "profileStep", options);
    if (options.json) console.log(JSON.stringify(shares));
    else console.table(shares);
  }
}

/** Name and type of the file's input, without reading the weights. */
async function inputOf(bytes) {
  const { readModel, readType } = await import("../dist/onnx/index.js");
  const { graph } = readModel(bytes);
  const weights = new Set(graph.initializer.map(({ name }) => name));
  const input = graph.input.find(({ name }) => !weights.has(name));
  return [input.name, readType(input)];
}

/** The file as a graph with a symbolic batch, the sizes of its examples, and rows of logits as its output. */
export async function readGraph(options) {
  const { fromOnnx } = await import("../dist/graph/from-onnx.js");
  const { Builder } = await import("../dist/graph/builder.js");
  const bytes = readFileSync(options.model);
  const [input, type] = await inputOf(bytes);
  const [, ...sizes] = exampleOf(type, options).dims;
  const { graph } = fromOnnx(bytes, { inputShapes: { [input]: ["batch", ...sizes] } });
  const [output] = graph.outputs;
  graph.outputs.length = 0;
  // A classifier that is a convolution may output [batch, classes, 1, 1].
  const flat = (graph.typeOf(output).shape?.length ?? 2) === 2;
  graph.outputs.push(flat ? output : new Builder(graph, "bench").flatten(output));
  return graph;
}

/** Numbers from a hash: fractions of the golden ratio, in -1 … 1. */
function numbers(n) {
  return Float32Array.from({ length: n }, (_, i) => (2 * (Math.imul(i, 2654435761) >>> 0)) / 2 ** 32 - 1);
}

/** An example for an input of this type, whatever sizes it leaves open: images, or tokens of a small vocabulary. */
export function exampleOf({ dtype, shape }, options) {
  const text = dtype === "int64";
  const open = (i) => (i === 1 ? (text ? options.tokens : 3) : (options["image-size"] ?? 224));
  const dims = (shape ?? [null, 3, null, null]).map((d, i) =>
    i === 0 ? options.batch : typeof d === "number" ? d : open(i),
  );
  const size = dims.reduce((a, b) => a * b, 1);
  if (!text) return { dtype: "float32", dims, data: numbers(size) };
  const words = BigInt64Array.from({ length: size }, (_, i) =>
    BigInt((Math.imul(i, 2654435761) >>> 0) % 1000),
  );
  return { dtype, dims, data: words };
}

/**
 * Measures the forward pass of the unchanged file; a file with another fixed batch, or half-precision inputs, goes
 * through our graph.
 */
export async function measureForward(options) {
  const runtime = await localRuntime(options.threads);
  let session = await runtime.session(readFileSync(options.model));
  const { type } = session.inputs[0];
  const batch = type.shape?.[0];
  if (
    session.inputs.length > 1 ||
    (type.dtype !== "float32" && type.dtype !== "int64") ||
    (typeof batch === "number" && batch !== options.batch)
  ) {
    await session.dispose();
    const { toOnnx } = await import("../dist/graph/to-onnx.js");
    session = await runtime.session(toOnnx(await readGraph(options)));
  }
  const feeds = { [session.inputs[0].name]: exampleOf(session.inputs[0].type, options) };
  const fetch = [session.outputs[0].name];
  return { forward_ms: await time(() => session.run(feeds, fetch)), peak_rss_mb: peakMemory() };
}

/** Measures the forward pass with every weight as an input: the best that a step's own forward pass can reach. */
export async function measureFed(options) {
  const { parametersOf, promote } = await import("../dist/graph/surgery/index.js");
  const { toOnnx } = await import("../dist/graph/to-onnx.js");
  const graph = await readGraph(options);
  const weights = parametersOf(graph).filter((p) => p.kind !== "statistic");
  const runtime = await localRuntime(options.threads);
  const fed = promote(
    graph,
    weights.map((p) => p.value),
  );
  const session = await runtime.session(toOnnx(fed));
  const feeds = Object.fromEntries(weights.map((p) => [p.value, graph.initializers.get(p.value)]));
  const [input] = session.inputs;
  feeds[input.name] = exampleOf(input.type, options);
  const fetch = [session.outputs[0].name];
  return { forward_fed_ms: await time(() => session.run(feeds, fetch)), peak_rss_mb: peakMemory() };
}

/** Runs some steps with the runtime's profiler: milliseconds of each call, and the profile's events. */
async function profiled(options, steps) {
  const folder = mkdtempSync(join(tmpdir(), "engraft-profile-"));
  try {
    const { session, runtime, block } = await prepareStep(options, { profile: join(folder, "step") });
    const calls = [];
    for (let i = 0; i < steps; i++) calls.push(await block(1));
    await session.dispose();
    await runtime.close();
    const [file] = readdirSync(folder);
    return { calls, events: JSON.parse(readFileSync(join(folder, file), "utf8")) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Time of a call outside the graph: transfer to the worker and back, feeds, state, results. */
export async function measureOutside(options) {
  const { calls, events } = await profiled(options, 6);
  const inside = events.filter(({ name }) => name === "model_run").map(({ dur }) => dur / 1000);
  return { state_ms: median(calls.map((ms, i) => ms - inside[i]).slice(1)) };
}

/** Milliseconds of a step in each operator, largest first. */
export async function profileStep(options) {
  const steps = 5;
  const { events } = await profiled(options, steps);
  const totals = new Map();
  for (const { cat, dur, args } of events) {
    if (cat !== "Node" || !args?.op_name || args.op_name === "Loop") continue;
    const total = totals.get(args.op_name) ?? { operator: args.op_name, ms: 0, calls: 0 };
    total.ms += dur / 1000 / steps;
    total.calls++;
    totals.set(args.op_name, total);
  }
  return [...totals.values()]
    .sort((a, b) => b.ms - a.ms)
    .map((t) => ({ ...t, ms: Math.round(t.ms * 100) / 100, calls: t.calls / steps }));
}

/** Loads the model's training graph, and returns a function that runs a block of it. */
export async function prepareStep(options, sessionOptions = {}) {
  const [
    { parametersOf },
    { isSingleStep, trainingModel },
    { fuseForOrt },
    { blockForOrt },
    { feedNames },
    { classification },
    { sgd, adamW },
    { nodeRuntime },
    { fitted },
  ] = await Promise.all([
    import("../dist/graph/surgery/index.js"),
    import("../dist/train/step/training-model.js"),
    import("../dist/graph/passes/fuse-for-ort.js"),
    import("../dist/graph/passes/block-for-ort.js"),
    import("../dist/train/step/state-names.js"),
    import("../dist/train/objectives/objective.js"),
    import("../dist/optim/index.js"),
    import("../dist/runtime/ort-node.js"),
    import("../dist/runtime/open.js"),
  ]);
  const { batch, threads } = options;
  const runtime = await nodeRuntime({ threads, device: options.device });
  const begin = performance.now();
  const graph = await readGraph(options);
  const x = exampleOf(graph.typeOf(graph.inputs[0]), options);
  const all = parametersOf(graph).filter((p) => p.kind !== "statistic");
  const { model, parameters, objective } =
    options.strategy === "full"
      ? { model: graph, parameters: all, objective: classification() }
      : await adapters(graph, options.strategy);
  const { step, measuring_ms } = await builtStep(options, runtime, {
    model,
    batch,
    trainable: parameters.map((p) => ({ value: p.value, group: 0, decay: p.kind === "weight" })),
    objective,
    optimizer: options.optimizer === "adamw" ? adamW() : sgd(),
    batchNorm: options["batch-norm"],
  });
  const blockSize = await runtime.blockSize();
  let fused = fuseForOrt(step.graph);
  if (options.recompute) {
    const { recompute } = await import("../dist/graph/passes/recompute.js");
    fused = recompute(fused, { ends: step.scalars, overwrites: isSingleStep(step, runtime) }).graph;
  }
  const form = fitted(runtime, blockForOrt(fused, { blockSize }));
  const { bytes, movedBytes, frozen } = trainingModel(form, step, runtime, {
    openBatch: options.recompute,
  });
  const session = await runtime.training(bytes, {
    state: new Map(step.state.map((s) => [s.input, s.initial])),
    frozen,
    options: sessionOptions,
  });
  const compile_ms = performance.now() - begin - measuring_ms;

  const names = feedNames("train");
  const one = {
    [names.x]: x,
    [names.labels]: {
      dtype: "int64",
      dims: [batch],
      data: BigInt64Array.from({ length: batch }, (_, i) => BigInt(i % 2)),
    },
    [names.weights]: { dtype: "float32", dims: [batch], data: new Float32Array(batch).fill(1) },
    // A rate too small for random weights to diverge.
    rates: { dtype: "float32", dims: [1], data: Float32Array.of(1e-6) },
    momentum: { dtype: "float32", dims: [], data: Float32Array.of(0.9) },
    step: { dtype: "float32", dims: [], data: Float32Array.of(1) },
  };
  const stack = ({ dtype, dims, data }, count) => {
    const all = new data.constructor(data.length * count);
    for (let k = 0; k < count; k++) all.set(data, k * data.length);
    return { dtype, dims: [count, ...dims], data: all };
  };
  /** Milliseconds of a block of `count` steps, with feeds prepared in advance as by a loader. */
  const block = async (count) => {
    const feeds = Object.fromEntries(session.inputs.map((p) => [p.name, stack(one[p.name], count)]));
    const start = performance.now();
    await session.steps(feeds, count, { transfer: true });
    return performance.now() - start;
  };
  return { session, runtime, block, compile_ms, parameters, movedBytes, total: sizeOfAll(all) };
}

/** Builds the step with the fastest forms of gradients in the table of trainings, or by the rule. */
async function builtStep({ forms, threads, device }, runtime, parts) {
  const { buildStep } = await import("../dist/train/step/step.js");
  // Forms are chosen by times of the CPU.
  if (forms === "rule" || device !== "cpu") return { step: buildStep(parts), measuring_ms: 0 };
  const [{ measuredForms, chooser }, { costStore }, { nodePlatform }] = await Promise.all([
    import("../dist/train/step/choose-forms.js"),
    import("../dist/run/forecast/cost-store.js"),
    import("../dist/platform/node.js"),
  ]);
  const begin = performance.now();
  const store = costStore(nodePlatform, threads, runtime.version);
  const chosen = await measuredForms(runtime, store, (chooseForm) => buildStep({ ...parts, chooseForm }));
  const measuring_ms = performance.now() - begin;
  return { step: buildStep({ ...parts, chooseForm: chooser(chosen) }), measuring_ms };
}

const sizeOfAll = (parameters) => parameters.reduce((sum, p) => sum + p.size, 0);

/** Adds a strategy's adapters to the model, as `engraft train` does; the file's own classifier stays. */
async function adapters(graph, strategy) {
  const { plannerOf } = await import("../dist/methods/registry.js");
  const { fitOfPlan } = await import("../dist/methods/fit-plan.js");
  const plan = (await plannerOf(strategy))(graph, { examples: 1000 });
  const model = plan.adaptation.graph;
  const parameters = plan.trainable.map(({ value, decay }) => ({
    value,
    kind: decay ? "weight" : "norm",
    size: model.initializers.get(value).data.length,
  }));
  return { model, parameters, objective: fitOfPlan(plan).objective };
}

/** Measures steps as in a run of `engraft train`: in the worker, in blocks of the loop's length. */
export async function measureStep(options) {
  const { stepsPerBlock } = await import("../dist/train/loop.js");
  const { session, runtime, block, compile_ms, parameters, movedBytes, total } = await prepareStep(options);
  const first_step_ms = await block(1);
  await block(1);
  const singles = [];
  for (let i = 0; i < 3; i++) singles.push(await block(1));
  const single = median(singles);
  const count = stepsPerBlock(single / 1000, undefined, movedBytes);
  const blocks = [];
  for (let done = 0; done < options.steps || blocks.length < 3; done += count)
    blocks.push(await block(count));
  const step_ms = median(blocks) / count;
  const peak_rss_mb = peakMemory();
  // T(K) = S + K t: S is the time to copy the state in and out once per run of a Loop. At K = 1 two steps determine it.
  const other = Math.max(2, count);
  let state_ms = 0;
  if (movedBytes > 0) {
    const pair = count > 1 ? median(blocks) : median([await block(2), await block(2), await block(2)]);
    state_ms = Math.max(0, single - (pair - single) / (other - 1));
  }
  await session.dispose();
  await runtime.close();
  return {
    step_ms,
    state_ms,
    first_step_ms,
    compile_ms,
    peak_rss_mb,
    block_of_one: movedBytes === 0,
    block: count,
    parameters: sizeOfAll(parameters),
    share: sizeOfAll(parameters) / total,
  };
}
