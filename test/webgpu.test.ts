// Every operator and every gradient on WebGPU, in a tab of Chromium with its software adapter. What does not run there,
// runs only on wasm, or in another form, stands in test/records/webgpu.json with the runtime's words.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { float32 } from "../src/core/tensor.js";
import { Builder } from "../src/graph/builder.js";
import { Graph } from "../src/graph/graph.js";
import { fitWebGpu } from "../src/graph/passes/fit-webgpu.js";
import { fuseForOrt } from "../src/graph/passes/fuse-for-ort.js";
import { toOnnx } from "../src/graph/to-onnx.js";
import { runtimeConformance } from "../src/runtime/runtime.conformance.js";
import type { Runtime } from "../src/runtime/runtime.js";
import { allOperatorCases } from "../src/testing/index.js";
import { GpuTab } from "./gpu-tab.js";
import {
  gradientCases,
  gradientOutcome,
  type Outcome,
  operatorOutcome,
  Records,
  titleOf,
} from "./operator-suites.js";

let tab: GpuTab;
/** Refuses what has no kernel on the device. */
let strict: Runtime;
let free: Runtime;
const records = new Records("webgpu");
beforeAll(async () => {
  tab = await GpuTab.open();
  [strict, free] = await Promise.all([tab.runtime({ strict: true }), tab.runtime()]);
});
afterAll(async () => {
  await tab?.close();
  records.write();
});

test("Chromium has a WebGPU adapter, of software where there is no GPU", () => {
  expect(tab.adapter).not.toBe("");
});

/** First the operator itself on the device, then in the form that is fitted to it, then with wasm beside it. */
async function onDevice(run: (on: Runtime, form: boolean) => Promise<Outcome | undefined>) {
  const asItIs = await run(strict, false);
  if (!asItIs) return undefined;
  if (!(await run(strict, true))) return { ...asItIs, is: "rewritten" } as const;
  const beside = await run(free, true);
  return beside ?? ({ ...asItIs, is: "elsewhere" } as const);
}

describe("operators on WebGPU", () => {
  test.each(allOperatorCases.map((c) => [titleOf(c), c] as const))("%s", async (title, c) => {
    const outcome = await onDevice((on, form) => operatorOutcome(on, c, form ? fitWebGpu : undefined));
    records.check("operators", title, outcome);
  });
});

describe("gradients on WebGPU", () => {
  // WGSL asks of sin and cos no more than an absolute error of 2^-11.
  const tolerance = 1e-3;
  test.each(gradientCases.map((c) => [titleOf(c), c] as const))("%s", async (title, c) => {
    const form = (graph: Graph) => fitWebGpu(fuseForOrt(graph));
    const outcome = await gradientOutcome(strict, c, [form], tolerance);
    const beside = outcome && (await gradientOutcome(free, c, [form], tolerance));
    records.check("gradients", title, outcome && (beside ?? { ...outcome, is: "elsewhere" }));
  });
});

test("its record speaks of cases that exist", () => {
  expect(records.stale).toEqual([]);
});

// Older versions bound one buffer for each input and failed from the ninth on.
test.each([8, 9, 20, 64])("Concat of %i inputs", async (count) => {
  const graph = new Graph("concat");
  const parts = Array.from({ length: count }, (_, i) =>
    graph.input(`x${i}`, { dtype: "float32", shape: [1] }),
  );
  graph.outputs.push(new Builder(graph).concat(parts, 0));
  const session = await strict.session(toOnnx(graph));
  const feeds = Object.fromEntries(parts.map((x, i) => [x, float32([1], [i])]));
  const result = await session.run(feeds);
  expect([...(result[graph.outputs[0]!]!.data as Float32Array)]).toEqual(parts.map((_, i) => i));
  await session.dispose();
});

runtimeConformance("WebGPU", async () => ({ ...(await tab.runtime()), close: async () => undefined }));
