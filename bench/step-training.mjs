// The training step of a file, in blocks as in a run.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { blockForOrt } from "../dist/graph/passes/block-for-ort.js";
import { fuseForOrt } from "../dist/graph/passes/fuse-for-ort.js";
import { recompute } from "../dist/graph/passes/recompute.js";
import { parametersOf } from "../dist/graph/surgery/index.js";
import { fitOfPlan } from "../dist/methods/fit-plan.js";
import { plannerOf } from "../dist/methods/registry.js";
import { adamW, sgd } from "../dist/optim/index.js";
import { nodePlatform } from "../dist/platform/node.js";
import { costStore } from "../dist/run/forecast/cost-store.js";
import { fitted } from "../dist/runtime/open.js";
import { nodeRuntime } from "../dist/runtime/ort-node.js";
import { stepsPerBlock } from "../dist/train/loop.js";
import { classification } from "../dist/train/objectives/objective.js";
import { chooser, measuredForms } from "../dist/train/step/choose-forms.js";
import { feedNames } from "../dist/train/step/state-names.js";
import { buildStep } from "../dist/train/step/step.js";
import { isSingleStep, trainingModel } from "../dist/train/step/training-model.js";
import { median, peakMemory } from "./measure.mjs";
import { exampleOf, readGraph } from "./step-graph.mjs";

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
  const { batch, threads } = options;
  const runtime = await nodeRuntime({ threads, device: options.device });
  const begin = performance.now();
  const graph = readGraph(options);
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
  // Forms are chosen by times of the CPU.
  if (forms === "rule" || device !== "cpu") return { step: buildStep(parts), measuring_ms: 0 };
  const begin = performance.now();
  const store = costStore(nodePlatform, threads, runtime.version);
  const chosen = await measuredForms(runtime, store, (chooseForm) => buildStep({ ...parts, chooseForm }));
  const measuring_ms = performance.now() - begin;
  return { step: buildStep({ ...parts, chooseForm: chooser(chosen) }), measuring_ms };
}

const sizeOfAll = (parameters) => parameters.reduce((sum, p) => sum + p.size, 0);

/** Adds a strategy's adapters to the model, as `engraft train` does; the file's own classifier stays. */
async function adapters(graph, strategy) {
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
