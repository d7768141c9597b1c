// Tasks train on the GPU as on the CPU. The GPU is Chromium's software driver for Vulkan, so the trainings are short. Whole trainings on
// boxes, masks, sounds and speech take minutes there; their losses are trained here on small networks.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { trainOn } from "../../src/api/train.js";
import { draws } from "../../src/core/random.js";
import { float32, int64, type Tensor } from "../../src/core/tensor.js";
import { Builder } from "../../src/graph/builder.js";
import { Graph } from "../../src/graph/graph.js";
import type { Value } from "../../src/graph/node.js";
import type { EngraftEvent, TrainOptions } from "../../src/index.js";
import { resume } from "../../src/index.js";
import { adamW, constant } from "../../src/optim/index.js";
import { openMachine } from "../../src/run/machine.js";
import { nodeRuntime } from "../../src/runtime/ort-node.js";
import { prepareFit } from "../../src/train/fit.js";
import { detection } from "../../src/train/objectives/detection-objective.js";
import { classification, type Objective } from "../../src/train/objectives/objective.js";
import { segmentation } from "../../src/train/objectives/segmentation-objective.js";
import { transcripts } from "../../src/train/objectives/transcript-objective.js";
import { type ToyTask, trainToy } from "../characterisation/tasks.js";
import { toysIn } from "../characterisation/toys.js";
import { useSoftwareGpu } from "../support/software-gpu.js";

useSoftwareGpu();
const root = mkdtempSync(join(tmpdir(), "engraft-gpu-tasks-"));
const path = (...parts: string[]): string => join(root, ...parts);
const toy = toysIn(path("toys"));
beforeAll(() => {
  process.env.ENGRAFT_CACHE = path("cache");
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const brief = { epochs: 2, lr: 0.01, cache: false, explain: false } as const;

/** Returns the losses of the training and of the validation after each epoch. */
const lossesOf = (events: readonly EngraftEvent[]): number[] =>
  events.flatMap((e) => (e.event === "epoch" ? [e.train_loss, e.validation_loss] : []));

async function losses(
  task: ToyTask,
  device: NonNullable<TrainOptions["device"]>,
  options: TrainOptions,
): Promise<number[]> {
  const events: EngraftEvent[] = [];
  await trainToy(
    task,
    { ...brief, ...options, device },
    { toy, out: path(task, device), onEvent: (event) => events.push(event) },
  );
  return lossesOf(events);
}

/** Expects equal numbers, up to a thousandth: rounding grows from step to step. */
function close(found: readonly number[], expected: readonly number[]): void {
  expect(expected.length).toBeGreaterThan(0);
  expect(found).toHaveLength(expected.length);
  for (const [i, value] of expected.entries()) expect(found[i]! / value).toBeCloseTo(1, 3);
}

// The norm of the gradient is clipped by default. A small network of convolutions is below.
test("pictures with averaged weights have the losses of the CPU", { tags: ["thorough"] }, async () => {
  const options = { average: "ema", epochs: 1 } as const;
  close(await losses("picture-classes", "webgpu", options), await losses("picture-classes", "cpu", options));
});

test("a transformer with an output for each word has the losses of the CPU", async () => {
  close(await losses("entities", "webgpu", { epochs: 1 }), await losses("entities", "cpu", { epochs: 1 }));
});

test("LoRA with accumulated gradients on parts of batches, stopped and resumed on the GPU, has the losses of the CPU", {
  tags: ["thorough"],
}, async () => {
  const machine = await openMachine();
  const inParts: typeof machine = {
    ...machine,
    openRuntime: async (request) => Object.assign(await machine.openRuntime(request), { batchParts: 2 }),
  };
  const [data, base] = [await toy("texts"), await toy("text-base")];
  const options = { ...brief, base, threads: 1, strategy: "lora", accumulate: 2, batchSize: 4 } as const;
  const expected: EngraftEvent[] = [];
  const whole = {
    device: "cpu",
    out: path("lora", "cpu"),
    onEvent: (e: EngraftEvent) => expected.push(e),
  } as const;
  await trainOn(machine, data, { ...options, ...whole });
  const stop = new AbortController();
  const out = path("lora", "webgpu");
  const first = trainOn(inParts, data, {
    ...{ ...options, out, device: "webgpu", signal: stop.signal },
    onEvent: ({ event }) => event === "epoch" && stop.abort(),
  });
  await expect(first).rejects.toThrow("stopped at step");
  const found: EngraftEvent[] = [];
  await resume(out, { device: "webgpu", onEvent: (event) => found.push(event) });
  close(lossesOf(found).slice(-2), lossesOf(expected).slice(-2));
});

test("a probe on features of the GPU has the test loss of the CPU", async () => {
  const tested = await Promise.all(
    (["cpu", "webgpu"] as const).map(async (device) => {
      const options = { cache: false, explain: false, strategy: "probe", device } as const;
      const out = path("probe", device);
      const { result } = await trainToy("text-classes", options, { toy, out, onEvent: () => undefined });
      return (result as { readonly test: { readonly loss: number } }).test.loss;
    }),
  );
  expect(tested[1]! / tested[0]!).toBeCloseTo(1, 3);
});

const [batch, steps, channels] = [6, 4, 8] as const;
const normal = (name: string, dims: readonly number[], scale = 1): Tensor<"float32"> => {
  const draw = draws(7, name);
  return float32(
    dims,
    Array.from({ length: dims.reduce((a, b) => a * b, 1) }, () => scale * draw.normal()),
  );
};
const uniform = (name: string, dims: readonly number[], from: number, to: number): Tensor<"float32"> => {
  const draw = draws(7, name);
  return float32(
    dims,
    Array.from({ length: dims.reduce((a, b) => a * b, 1) }, () => from + (to - from) * draw.uniform()),
  );
};
const whole = (t: Tensor<"float32">): Tensor<"float32"> => float32(t.dims, t.data.map(Math.floor));

/** A task's loss on a network of two layers, whose weights are "first" and "second". */
interface SmallTask {
  readonly objective: Objective<"train">;
  readonly x: readonly number[];
  readonly logits: (g: Builder, x: Value) => Value;
  readonly rows: (step: number) => Readonly<Record<string, Tensor>>;
}

/** w₂ silu(w₁ x), for each place. */
const twoLayers = (g: Builder, x: Value, outputs: number): Value => {
  const inner = g.matmul(x, g.weight("first", normal("first", [channels, 16], 0.4)));
  const active = g.mul(inner, g.sigmoid(inner));
  return g.matmul(active, g.weight("second", normal("second", [16, outputs], 0.4)));
};

const smallTasks: Readonly<Record<string, SmallTask>> = {
  "picture classes": {
    objective: classification(),
    x: [3, 8, 8],
    // w₂ · mean over places of silu(w₁ ∗ x)
    logits: (g, x) => {
      const maps = g.conv(x, g.weight("first", normal("first", [16, 3, 3, 3], 0.4)), "", { strides: [2, 2] });
      const pooled = g.flatten(g.globalAveragePool(g.mul(maps, g.sigmoid(maps))));
      return g.matmul(pooled, g.weight("second", normal("second", [16, 5], 0.4)));
    },
    rows: (k) => ({ labels: int64([batch], [...whole(uniform(`labels ${k}`, [batch], 0, 5)).data]) }),
  },
  boxes: {
    objective: detection({ classes: 3, places: 40 }),
    x: [40, channels],
    logits: (g, x) => twoLayers(g, x, 7),
    rows: (k) => ({
      assigned: whole(uniform(`assigned ${k}`, [batch, 40], 0, 8)),
      distances: uniform(`distances ${k}`, [batch, 40, 4], 0.3, 3),
      counted: whole(uniform(`counted ${k}`, [batch, 40], 0.5, 2)),
    }),
  },
  masks: {
    objective: segmentation({ classes: 3, height: 8, width: 8 }),
    x: [8, 8, channels],
    logits: (g, x) => g.transpose(twoLayers(g, x, 3), [0, 3, 1, 2]),
    rows: (k) => {
      const classes = whole(uniform(`shares ${k}`, [batch, 8, 8], 0, 3));
      const shares = new Float32Array(batch * 3 * 64);
      classes.data.forEach((c, i) => {
        shares[(Math.floor(i / 64) * 3 + c) * 64 + (i % 64)] = 1;
      });
      return {
        shares: float32([batch, 3, 8, 8], shares),
        labelled: uniform(`labelled ${k}`, [batch, 8, 8], 0, 1),
      };
    },
  },
  speech: {
    objective: transcripts({ most: 4 }),
    x: [12, channels],
    logits: (g, x) => twoLayers(g, x, 5),
    // Characters 1 … 4, then zeros.
    rows: (k) => {
      const targets = whole(uniform(`targets ${k}`, [batch, 4], 1, 5));
      return {
        targets: float32(
          targets.dims,
          targets.data.map((c, i) => (i % 4 < 3 ? c : 0)),
        ),
      };
    },
  },
};

/** Returns the losses of some steps, and the weights after them. */
async function trained(
  { objective, x, logits, rows }: SmallTask,
  device: "cpu" | "webgpu",
): Promise<number[]> {
  const graph = new Graph("small");
  const g = new Builder(graph);
  graph.outputs.push(logits(g, graph.input("x", { dtype: "float32", shape: ["batch", ...x] })));
  const runtime = await nodeRuntime({ threads: 1, device });
  const events: EngraftEvent[] = [];
  const fit = await prepareFit({
    ...{ runtime, model: graph, objective, batch, stepsPerEpoch: steps, epochs: 2 },
    trainable: ["first", "second"].map((value) => ({ value, group: 0, decay: true })),
    ...{ optimizer: adamW(), batchNorm: "frozen", clipNorm: 1, schedule: constant(), rates: [0.01] },
    feeds: async function* (_, from) {
      for (let k = from; k < steps; k++)
        yield {
          "train.x": normal(`x ${k}`, [batch, ...x]),
          "train.labels": int64([batch], new Array<number>(batch).fill(0)),
          "train.weights": float32([batch], new Array<number>(batch).fill(1)),
          ...Object.fromEntries(Object.entries(rows(k)).map(([name, value]) => [`train.${name}`, value])),
        };
    },
    validate: async () => ({ loss: 0, score: 0 }),
    ...{ stage: "small", onEvent: (event: EngraftEvent) => events.push(event) },
  });
  await fit.run();
  const state = await fit.session.readState();
  await fit.dispose();
  await runtime.close();
  const weights = ["first", "second"].flatMap((name) => [...(state.get(name)!.data as Float32Array)]);
  return [...events.flatMap((e) => (e.event === "epoch" ? [e.train_loss] : [])), ...weights];
}

test.each(Object.keys(smallTasks))("the loss of %s and its steps are those of the CPU", async (name) => {
  const [expected, found] = [
    await trained(smallTasks[name]!, "cpu"),
    await trained(smallTasks[name]!, "webgpu"),
  ];
  expect(found).toHaveLength(expected.length);
  // A weight moves by 0.01 in a step, and rounding by a hundredth of that.
  for (const [i, value] of expected.entries())
    expect(Math.abs(found[i]! - value)).toBeLessThan(1e-4 * Math.max(1, Math.abs(value)));
});
