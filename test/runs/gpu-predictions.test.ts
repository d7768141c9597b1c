// Scores and predictions of a GPU that fails: they go on in smaller parts of a batch, or on the CPU, with the same result.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { evaluateOn } from "../../src/api/evaluate.js";
import { explainOn } from "../../src/api/explain.js";
import { loadOn } from "../../src/api/load.js";
import { evaluate, explain, load, type ResultOf } from "../../src/index.js";
import type { Model } from "../../src/tasks/classes/image-model.js";
import { toyRun } from "../support/shared-runs.js";
import { machineWithSmallGpu, type SmallGpu } from "../support/small-gpu.js";

const noMemory = "vkAllocateMemory failed with VK_ERROR_OUT_OF_DEVICE_MEMORY";
const request = { device: "webgpu", threads: 1 } as const;
let [cache, data, model] = ["", "", ""];
beforeAll(async () => {
  // Uses of the test split are counted there: those of other tests do not belong to this one.
  cache = mkdtempSync(join(tmpdir(), "engraft-gpu-predictions-"));
  process.env.ENGRAFT_CACHE = cache;
  const run = await toyRun("picture-classes");
  data = run.data;
  ({ model } = run.result as ResultOf<"image-classification">);
});
afterAll(() => rmSync(cache, { recursive: true, force: true }));

/** Returns a GPU that refuses batches of more rows than `most`, and the rows of those that ran. */
function gpuOf(most: number): { readonly gpu: SmallGpu; readonly ran: number[] } {
  const ran: number[] = [];
  const refuses = (rows: number): string | undefined => {
    if (rows > most) return noMemory;
    ran.push(rows);
    return undefined;
  };
  return { gpu: { refuses }, ran };
}

/** Returns the scores of the model, and the warnings. */
async function scored(gpu: SmallGpu, of = [model, data] as const) {
  const warnings: string[] = [];
  const { test } = await evaluateOn(await machineWithSmallGpu(gpu), ...of, {
    ...request,
    onEvent: (event) => event.event === "warning" && warnings.push(event.message),
  });
  return { test, warnings };
}

test("a batch of scores that does not fit runs in parts until it fits", async () => {
  const { gpu, ran } = gpuOf(3);
  const { test: found, warnings } = await scored(gpu);
  expect(found).toEqual((await evaluate(model, data, { threads: 1 })).test);
  expect(warnings).toEqual([]);
  expect(Math.max(...ran)).toBe(3);
});

test("not even one sample fits: the rest is computed on the CPU", async () => {
  const { test: found, warnings } = await scored(gpuOf(0).gpu);
  expect(found).toEqual((await evaluate(model, data, { threads: 1 })).test);
  expect(warnings).toEqual(["the model: the GPU has not enough memory; the rest is computed on the CPU"]);
});

test("a GPU that is lost between two of several predictions at once", async () => {
  const pictures = Array.from({ length: 6 }, (_, i) => join(data, i % 2 ? "ant" : "bee", `${i}.png`));
  const own = (await load(model, { threads: 1 })) as Model;
  const expected = await own.predict(pictures);
  await own.close();
  const warnings: string[] = [];
  const machine = await machineWithSmallGpu({
    refuses: (_, _what, call) => (call >= 3 ? "VK_ERROR_DEVICE_LOST" : undefined),
  });
  const onWarning = (message: string): void => void warnings.push(message);
  const lost = (await loadOn(machine, model, { ...request, onWarning })) as Model;
  const found = await Promise.all(pictures.map((picture) => lost.predict(picture)));
  await lost.close();
  expect(found).toEqual(expected);
  expect(warnings).toEqual(["the GPU was lost: VK_ERROR_DEVICE_LOST; the rest is computed on the CPU"]);
});

async function all<T>(made: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const one of made) list.push(one);
  return list;
}

test("an explanation is that of the CPU", async () => {
  const pictures = [join(data, "ant", "0.png"), join(data, "bee", "1.png")];
  const options = { method: "shap", threads: 1 } as const;
  const expected = await all(explain(model, pictures, options));
  const { gpu, ran } = gpuOf(5);
  const machine = await machineWithSmallGpu(gpu);
  const found = await all(explainOn(machine, model, pictures, { ...options, ...request }));
  expect(found).toEqual(expected);
  // The masked pictures of SHAP come in batches.
  expect(Math.max(...ran)).toBeGreaterThan(1);
});
