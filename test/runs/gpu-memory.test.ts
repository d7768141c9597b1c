// A run whose GPU has too little memory goes on with parts of its batches, and ends as a run without that.
// @module-tag thorough
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { trainOn } from "../../src/api/train.js";
import { toNumbers } from "../../src/core/tensor.js";
import { fromOnnx } from "../../src/graph/from-onnx.js";
import type { EngraftEvent, TrainOptions } from "../../src/index.js";
import { sharedToys } from "../support/shared-runs.js";
import { machineWithSmallGpu, type SmallGpu } from "../support/small-gpu.js";

const root = mkdtempSync(join(tmpdir(), "engraft-gpu-memory-"));
const path = (...parts: string[]): string => join(root, ...parts);
const toy = sharedToys();
afterAll(() => rmSync(root, { recursive: true, force: true }));

const noMemory = "vkAllocateMemory failed with VK_ERROR_OUT_OF_DEVICE_MEMORY";
const [batch, epochs] = [8, 3] as const;

async function run(
  out: string,
  gpu: SmallGpu,
  { onEpoch, ...more }: TrainOptions & { readonly onEpoch?: () => void } = {},
) {
  const events: EngraftEvent[] = [];
  await trainOn(await machineWithSmallGpu(gpu), await toy("pictures"), {
    ...{ base: await toy("picture-base"), strategy: "full", epochs, lr: 0.01, batchSize: batch, threads: 1 },
    ...{ cache: false, explain: false, pictures: false, device: "webgpu", option: { keep: "last" } },
    ...{ checkpointSeconds: 0, ...more, out: path(out) },
    onEvent: (event: EngraftEvent) => {
      events.push(event);
      if (event.event === "epoch") onEpoch?.();
    },
  });
  const recorded = readFileSync(path(out, "events.jsonl"), "utf8").trim().split("\n");
  const warnings = (of: readonly EngraftEvent[]) =>
    of.flatMap((e) => (e.event === "warning" && e.code === "device" ? [e.message] : []));
  return {
    losses: events.flatMap((e) => (e.event === "epoch" ? [e.train_loss, e.validation_loss] : [])),
    warnings: warnings(events),
    recorded: warnings(recorded.map((line) => JSON.parse(line) as EngraftEvent)),
    manifest: JSON.parse(readFileSync(path(out, "run.json"), "utf8")) as Record<string, unknown>,
    weights: fromOnnx(readFileSync(path(out, "model", "onnx", "model.onnx"))).graph.initializers,
    page: readFileSync(path(out, "report.html"), "utf8"),
  };
}
type Outcome = Awaited<ReturnType<typeof run>>;

/** Expects the same weights and losses, up to a share of the largest value of each. */
function same(found: Outcome, expected: Outcome): void {
  const close = (a: readonly number[], b: readonly number[], name: string): void => {
    expect(a).toHaveLength(b.length);
    const scale = Math.max(...b.map(Math.abs), 1e-12);
    const most = Math.max(...a.map((v, i) => Math.abs(v - b[i]!)));
    // Sums of float32 in another order.
    expect(most / scale, name).toBeLessThan(1e-5);
  };
  close(found.losses.slice(-2), expected.losses.slice(-2), "losses");
  expect([...found.weights.keys()]).toEqual([...expected.weights.keys()]);
  for (const [name, tensor] of expected.weights)
    if (tensor.dtype === "float32") close(toNumbers(found.weights.get(name)!), toNumbers(tensor), name);
}

let whole: Outcome;
beforeAll(async () => {
  process.env.ENGRAFT_CACHE = path("cache");
  whole = await run("whole", { refuses: () => undefined });
});

const inParts = (rows: number, parts: number): string =>
  `the GPU has not enough memory for ${rows} sample${rows === 1 ? "" : "s"} at a time; the run goes on from its last checkpoint with batches in ${parts} parts, whose gradients are summed: the result is the same up to rounding`;

test("a batch that does not fit runs in halves until it fits, and the weights are those of the whole batch", {
  tags: ["thorough"],
}, async () => {
  expect(whole.warnings).toEqual([]);
  expect(whole.manifest).not.toHaveProperty("batch_parts");
  const rows = new Set<number>();
  const found = await run("parts", {
    refuses: (n, what) => (what === "step" && n > 2 ? noMemory : undefined),
    onStep: (n) => rows.add(n),
  });
  same(found, whole);
  expect([...rows]).toEqual([2]);
  expect(found.warnings).toEqual([inParts(8, 2), inParts(4, 4)]);
  expect(found.manifest.batch_parts).toBe(4);
  expect(found.page).toContain("with batches in 4 parts");
});

test("memory that ends in the middle of a run: the checkpoint of whole batches goes on in parts", {
  tags: ["thorough"],
}, async () => {
  let [full, refused, whole8, parts] = [false, 0, 0, 0];
  const found = await run(
    "middle",
    {
      refuses: (n, what) => (what === "step" && n > 4 && full && ++refused > 0 ? noMemory : undefined),
      onStep: (n) => {
        if (n === batch) whole8++;
        else parts++;
      },
    },
    { onEpoch: () => (full = true) },
  );
  expect(refused).toBe(1);
  // The first epoch is not trained again: its checkpoint is that of whole batches.
  expect(whole8).toBeGreaterThan(0);
  expect(parts).toBeGreaterThan(0);
  same(found, whole);
  expect(found.warnings).toEqual([inParts(8, 2)]);
  expect(found.recorded).toEqual([inParts(8, 2)]);
});

test("a validation batch that does not fit is computed in parts as well", {
  tags: ["thorough"],
}, async () => {
  const found = await run("validation", {
    refuses: (n, what) => (what === "run" && n > 3 ? noMemory : undefined),
  });
  same(found, whole);
  expect(found.warnings.at(-1)).toMatch(/^the GPU has not enough memory for \d+ samples at a time/);
});

test("not even one sample fits: the run goes on on the CPU", { tags: ["thorough"] }, async () => {
  const found = await run("cpu", { refuses: (_, what) => (what === "step" ? noMemory : undefined) });
  same(found, whole);
  expect(found.warnings.at(-1)).toBe(
    "the GPU has not enough memory, even for one sample; the run goes on from its last checkpoint on the CPU",
  );
  expect(found.manifest.versions).not.toHaveProperty("device");
});

test("a batch whose statistics are part of the training is not divided: the run goes on on the CPU", {
  tags: ["thorough"],
}, async () => {
  const found = await run(
    "statistics",
    { refuses: (_, what) => (what === "step" ? noMemory : undefined) },
    {
      sam: 0.05,
    },
  );
  expect(found.warnings).toEqual([
    "the GPU has not enough memory, and this batch cannot be divided: its loss is not a sum over its samples; the run goes on from its last checkpoint on the CPU",
  ]);
});

test("a buffer that is too large: the limit that the driver tells divides the batch before the next first step", {
  tags: ["thorough"],
}, async () => {
  let refused = 0;
  // float32[8, 8, 16, 16] and the like: the limit allows half of the largest value.
  const limit = 40_000;
  const found = await run("buffer", {
    refuses: (n, what) =>
      what === "step" && n > 4 && ++refused > 0
        ? `Buffer size (65536) exceeds the max buffer size limit (${limit}).`
        : undefined,
  });
  expect(refused).toBe(1);
  same(found, whole);
  expect(found.warnings).toHaveLength(1);
  expect(found.warnings[0]).toMatch(
    /^a buffer of this GPU holds at most 40000 bytes: batches of 8 run \d samples? at a time, and their gradients are summed: the result is the same up to rounding$/,
  );
});
