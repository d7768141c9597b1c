// Tasks train on the GPU as on the CPU. The GPU is Chromium's software driver for Vulkan, so the trainings are short.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { EngraftEvent, TrainOptions } from "../../src/index.js";
import { type ToyTask, trainToy } from "../characterisation/tasks.js";
import { toysIn } from "../characterisation/toys.js";
import { useSoftwareGpu } from "../support/software-gpu.js";

vi.setConfig({ testTimeout: 300_000, hookTimeout: 120_000 });
useSoftwareGpu();
const root = mkdtempSync(join(tmpdir(), "engraft-gpu-tasks-"));
const path = (...parts: string[]): string => join(root, ...parts);
const toy = toysIn(path("toys"));
beforeAll(() => {
  process.env.ENGRAFT_CACHE = path("cache");
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Returns the training losses and validation losses of each epoch. */
async function losses(task: ToyTask, device: TrainOptions["device"]): Promise<number[]> {
  const events: EngraftEvent[] = [];
  await trainToy(
    task,
    { ...{ epochs: 2, lr: 0.01, cache: false, explain: false }, ...(device && { device }) },
    { toy, out: path(task, String(device)), onEvent: (event) => events.push(event) },
  );
  return events.flatMap((e) => (e.event === "epoch" ? [e.train_loss, e.validation_loss] : []));
}

/** One task for each kind of network: convolutions, a transformer with one output, and one with an output for each word. */
const tried: readonly ToyTask[] = ["picture-classes", "text-classes", "entities"];

test.each(tried)("%s has the losses of the CPU", async (task) => {
  const expected = await losses(task, "cpu");
  const found = await losses(task, "webgpu");
  expect(expected.length).toBeGreaterThan(0);
  expect(found).toHaveLength(expected.length);
  for (const [i, value] of expected.entries()) expect(found[i]! / value).toBeCloseTo(1, 3);
});
