import { afterAll, expect, test } from "vitest";
import { EngraftError } from "../../core/errors.js";
import type { EngraftEvent } from "../../core/events/events.js";
import { draws } from "../../core/random.js";
import { float32, int64, type Tensor } from "../../core/tensor.js";
import { Builder } from "../../graph/builder.js";
import { Graph } from "../../graph/graph.js";
import { dropped } from "../../methods/peft/dropout.js";
import { adamW, linear, sgd } from "../../optim/index.js";
import { equalParts } from "../../runtime/gpu/batch-parts.js";
import { deviceMemoryError } from "../../runtime/gpu/device-memory.js";
import { nodeRuntime } from "../../runtime/ort-node.js";
import type { Runtime, StepsOptions } from "../../runtime/runtime.js";
import type { Checkpoint } from "../epochs/checkpoint.js";
import { type FitOptions, prepareFit } from "../fit.js";
import type { StepFeeds } from "../loop.js";
import { classification } from "../objectives/objective.js";
import { spectralShrinkage } from "../objectives/penalties.js";

const cpu = nodeRuntime({ threads: 1 });
afterAll(async () => (await cpu).close());

const [batch, width, hidden, classes, stepsPerEpoch] = [8, 6, 12, 3, 5] as const;

/** The runtime of the CPU, as one of a GPU with these limits. @param room rows for which a step has memory */
async function gpu(
  limits: Pick<Runtime, "batchParts" | "bufferBytes">,
  room = Number.POSITIVE_INFINITY,
): Promise<Runtime> {
  const runtime = await cpu;
  return {
    ...{ name: runtime.name, version: runtime.version, threads: 1, device: "webgpu", ...limits },
    session: (...given) => runtime.session(...given),
    training: async (...given) => {
      const session = await runtime.training(...given);
      const steps = session.steps.bind(session);
      let sent: StepFeeds | undefined;
      return Object.assign(session, {
        ahead: async (feeds: StepFeeds) => {
          sent = feeds;
          return { names: Object.keys(feeds) };
        },
        steps: async (feeds: StepFeeds, count: number, { ahead }: StepsOptions = {}) => {
          if (ahead) expect(Object.keys(feeds).filter((name) => ahead.names.includes(name))).toEqual([]);
          const all = { ...(ahead && sent), ...feeds };
          if (all["train.x"]!.dims[1]! > room)
            throw deviceMemoryError("the training graph", "VK_ERROR_OUT_OF_DEVICE_MEMORY");
          return steps(all, count);
        },
      });
    },
    close: async () => undefined,
  };
}

const values = (name: string, dims: readonly number[]): Tensor<"float32"> => {
  const draw = draws(3, name);
  return float32(
    dims,
    Array.from({ length: dims.reduce((a, b) => a * b, 1) }, () => 0.5 * draw.normal()),
  );
};

/** Two layers, with dropout before the second. */
function network(dropout: number): Graph {
  const graph = new Graph("net");
  const g = new Builder(graph);
  const x = graph.input("x", { dtype: "float32", shape: ["batch", width] });
  const first = g.relu(g.matmul(x, g.weight("first", values("first", [width, hidden]))));
  const kept = g.identity(dropped(g, first, dropout, 5));
  graph.outputs.push(g.matmul(kept, g.weight("second", values("second", [hidden, classes]))));
  return graph;
}

/** The last batch of an epoch has three rows that count. */
async function* feeds(epoch: number, from: number): AsyncGenerator<StepFeeds> {
  for (let step = from; step < stepsPerEpoch; step++) {
    const live = step === stepsPerEpoch - 1 ? 3 : batch;
    const draw = draws(4, "labels", epoch, step);
    yield {
      "train.x": values(`x ${epoch} ${step}`, [batch, width]),
      "train.labels": int64(
        [batch],
        Array.from({ length: batch }, () => draw.integer(classes)),
      ),
      "train.weights": float32(
        [batch],
        Array.from({ length: batch }, (_, i) => (i < live ? 1 : 0)),
      ),
    };
  }
}

async function trained(runtime: Runtime, more: Partial<FitOptions> = {}) {
  const events: EngraftEvent[] = [];
  let kept: Checkpoint | undefined;
  const fit = await prepareFit({
    ...{ runtime, model: network(0), batch, stepsPerEpoch, epochs: 3, feeds },
    trainable: ["first", "second"].map((value) => ({ value, group: 0, decay: true })),
    ...{ objective: classification(), optimizer: adamW({ weightDecay: 0.01 }), batchNorm: "frozen" },
    ...{ schedule: linear(), rates: [0.01], stage: "test", keep: "last" },
    validate: async (evaluate) => {
      const scores = await evaluate(values("held", [5, width]));
      return { loss: scores.reduce((a, b) => a + b * b, 0), score: 0 };
    },
    store: {
      load: async () => undefined,
      save: async (checkpoint) => {
        kept = checkpoint;
      },
    },
    onEvent: (event) => events.push(event),
    ...more,
  });
  await fit.run();
  const state = await fit.session.readState();
  await fit.dispose();
  const epochs = events.flatMap((e) => (e.event === "epoch" ? [e.train_loss, e.validation_loss] : []));
  const warnings = events.flatMap((e) => (e.event === "warning" ? [e.message] : []));
  return { state, epochs, warnings, kept: kept! };
}

/** Largest difference of two trainings, as a share of the largest value of each tensor. */
function difference(a: Awaited<ReturnType<typeof trained>>, b: Awaited<ReturnType<typeof trained>>): number {
  expect([...a.state.keys()]).toEqual([...b.state.keys()]);
  expect([...a.kept.tensors.keys()]).toEqual([...b.kept.tensors.keys()]);
  let most = 0;
  const compare = (x: ArrayLike<number>, y: ArrayLike<number>): void => {
    expect(x.length).toBe(y.length);
    const scale = Math.max(...Array.from(y, Math.abs), 1e-12);
    for (let i = 0; i < x.length; i++) most = Math.max(most, Math.abs(x[i]! - y[i]!) / scale);
  };
  for (const [name, { data }] of a.state)
    compare(data as Float32Array, b.state.get(name)!.data as Float32Array);
  compare(a.epochs, b.epochs);
  return most;
}

const cases: readonly (readonly [string, Partial<FitOptions>])[] = [
  ["AdamW", {}],
  ["SGD with momentum, a clipped norm, and a running average", { optimizer: sgd(), clipNorm: 0.2, ema: 0.9 }],
  ["gradient accumulation over two batches", { accumulate: 2 }],
  ["class weights", { objective: classification({ classWeights: [0.2, 1, 3] }) }],
  ["dropout: the rows of a part draw what they draw in the whole batch", { model: network(0.4) }],
];

test.each(cases)(
  "a batch in parts gives the weights, moments and losses of the whole batch: %s",
  async (_, options) => {
    const whole = await trained(await cpu, options);
    for (const batchParts of [2, 8]) {
      const parts = await trained(await gpu({ batchParts }, batch / batchParts), options);
      // Sums of float32 in another order; Adam divides small gradients by their own size.
      expect(difference(parts, whole)).toBeLessThan(1e-5);
    }
  },
);

test("a batch is divided into equal parts", () => {
  expect([1, 2, 3, 4, 5, 9].map((parts) => equalParts(8, parts))).toEqual([1, 2, 4, 4, 8, 8]);
  expect([2, 4].map((parts) => equalParts(7, parts))).toEqual([7, 7]);
});

/** Returns the error of a training. */
async function failure(training: Promise<unknown>): Promise<EngraftError> {
  const error = await training.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(EngraftError);
  return error as EngraftError;
}

test("too little memory for a part: the error says which parts are next, and why there are none", async () => {
  const words = "the training graph: the GPU has not enough memory";
  const next = async (limits: Pick<Runtime, "batchParts">, more: Partial<FitOptions> = {}) => {
    const { kind, message, details } = await failure(trained(await gpu(limits, 0), more));
    expect([kind, message]).toEqual(["DeviceError", words]);
    return details.next;
  };
  expect(await next({})).toEqual({ rows: 8, parts: 2 });
  expect(await next({ batchParts: 3 })).toEqual({ rows: 2, parts: 8 });
  expect(await next({ batchParts: 8 })).toBe("one-row");
  // The singular values of a batch, and the statistics of its rows, are not those of its parts.
  const coupled = classification({ penalties: [spectralShrinkage("identity", 1, 0.1)] });
  expect(coupled.additive).toBe(false);
  expect(await next({}, { sam: 0.05 })).toBe("coupled");
  expect(await next({}, { objective: { ...classification(), additive: false } })).toBe("coupled");
  expect(await next({ batchParts: 4 }, { batchNorm: "train" })).toBe("coupled");
});

test("a value above the limit of a buffer divides the batch before the first step, and the result is the same", async () => {
  // The largest value of a step is float32[8, 12]: 384 bytes; the largest weight float32[6, 12]: 288 bytes.
  const whole = await trained(await cpu);
  const parts = await trained(await gpu({ bufferBytes: 300 }, 4));
  expect(difference(parts, whole)).toBeLessThan(1e-5);
  expect(parts.warnings).toEqual([
    "a buffer of this GPU holds at most 300 bytes: batches of 8 run 4 samples at a time, and their gradients are summed: the result is the same up to rounding",
  ]);
});

test("a weight above the limit of a buffer is refused with its name, before the first step", async () => {
  const error = await failure(trained(await gpu({ bufferBytes: 287 }, 0)));
  expect(
    error.format(),
  ).toBe(`DeviceError: weight "first" takes 288 bytes, a buffer of this GPU holds at most 287 bytes
  help: run on the CPU: --device cpu`);
  expect(error.details).toEqual({ value: "first", bytes: 288, limit: 287 });
});

test("a value of one row above the limit of a buffer is named", async () => {
  const wide = new Graph("wide");
  const g = new Builder(wide);
  const x = wide.input("x", { dtype: "float32", shape: ["batch", width] });
  const many = g.expand(g.unsqueeze(x, [1]), [1, 100, width]);
  const mean = g.reduceMean(many, { axes: [1], keepdims: false });
  const h = g.matmul(mean, g.weight("first", values("first", [width, hidden])));
  wide.outputs.push(g.matmul(h, g.weight("second", values("second", [hidden, classes]))));
  const error = await failure(trained(await gpu({ bufferBytes: 1000 }), { model: wide }));
  expect(error.message).toMatch(
    /^value ".+" takes 2400 bytes, a buffer of this GPU holds at most 1000 bytes$/,
  );
  expect(error.details.next).toBe("one-row");
});
