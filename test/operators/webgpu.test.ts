// Every operator and every gradient on WebGPU, in a tab of Chromium with its software adapter.
// @module-tag thorough
import { afterAll, expect, test } from "vitest";
import { runtimeConformance } from "../../src/runtime/runtime.conformance.js";
import { GpuTab } from "./gpu-tab.js";
import { webGpuSuite } from "./webgpu-suite.js";

let tab: GpuTab | undefined;
const open = async () => {
  tab ??= await GpuTab.open();
  return { ...(await tab.runtime()), close: async () => undefined };
};
afterAll(() => tab?.close());

test("Chromium has a WebGPU adapter, in software if there is no GPU", async () => {
  await open();
  expect(tab!.adapter).not.toBe("");
});

webGpuSuite("webgpu", open);
runtimeConformance("WebGPU", open);
