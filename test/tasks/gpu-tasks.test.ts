// Tasks train on the GPU as on the CPU. The GPU is Chromium's software driver for Vulkan, so the trainings are short. Whole trainings on
// boxes, masks, sounds and speech take minutes there; their losses are trained here on small networks.
// @module-tag thorough
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { trainOn } from "../../src/api/train.js";
import type { EngraftEvent, TrainOptions } from "../../src/index.js";
import { resume } from "../../src/index.js";
import { openMachine } from "../../src/run/machine.js";
import { nodeRuntime } from "../../src/runtime/ort-node.js";
import { type ToyTask, trainToy } from "../characterisation/tasks.js";
import { sharedToys } from "../support/shared-runs.js";
import { smallTasks, trainSmall } from "../support/small-trainings.js";
import { useSoftwareGpu } from "../support/software-gpu.js";

let root: string;
const path = (...parts: string[]): string => join(root, ...parts);
const toy = sharedToys();
beforeAll(() => {
  useSoftwareGpu();
  root = mkdtempSync(join(tmpdir(), "engraft-gpu-tasks-"));
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
test("pictures with averaged weights have the losses of the CPU", async () => {
  const options = { average: "ema", epochs: 1 } as const;
  close(await losses("picture-classes", "webgpu", options), await losses("picture-classes", "cpu", options));
});

test("a transformer with an output for each word has the losses of the CPU", async () => {
  close(await losses("entities", "webgpu", { epochs: 1 }), await losses("entities", "cpu", { epochs: 1 }));
});

test("LoRA with accumulated gradients on parts of batches, stopped and resumed on the GPU, has the losses of the CPU", async () => {
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

test.each(Object.entries(smallTasks))(
  "the loss of %s and its steps are those of the CPU",
  async (_, task) => {
    const on = async (device: "cpu" | "webgpu"): Promise<number[]> => {
      const runtime = await nodeRuntime({ threads: 1, device });
      return trainSmall(task, runtime, { epochs: 2, steps: 4 }).finally(() => runtime.close());
    };
    const [expected, found] = [await on("cpu"), await on("webgpu")];
    expect(found).toHaveLength(expected.length);
    // A weight moves by 0.01 in a step, and rounding by a hundredth of that.
    for (const [i, value] of expected.entries())
      expect(Math.abs(found[i]! - value)).toBeLessThan(1e-4 * Math.max(1, Math.abs(value)));
  },
);
