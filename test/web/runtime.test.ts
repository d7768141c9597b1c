// The runtime in a tab: the suite that every runtime passes, and the same losses as in Node from the same pixels.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { nodeRuntime } from "../../src/runtime/ort-node.js";
import { launchChromium } from "../support/chromium.js";
import { bundleForTab } from "./bundle-for-tab.js";
import { type Site, startSite } from "./site.js";
import { openTab } from "./tab.js";
import { trajectory } from "./trajectory.js";

const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url));
const base = here("../../assets/vision-mini/onnx/model.onnx");

/** What pages import, as one script for the browser. */
const imports = `
  export { conformance } from "./conformance-in-tab.js";
  export { trajectory } from "./trajectory.js";
  export { webRuntime } from "../../src/runtime/ort-web.js";`;

let browser: Browser;
let site: Site;
beforeAll(async () => {
  const code = await bundleForTab(imports, {
    alias: { vitest: here("vitest-in-tab.ts") },
    external: ["*/ort-node.js", "*/block-for-ort.js", "*/platform/node.js"],
  });
  const files = { "/in-tab.js": code };
  [browser, site] = await Promise.all([launchChromium(), startSite({ isolated: true, files })]);
});
afterAll(async () => {
  await browser.close();
  await site.close();
});

test.each([1, 2])(
  "wasm in a tab with %i threads is a runtime: its weights move as computed",
  async (threads) => {
    const page = await openTab(browser, site.url);
    const said = await page.evaluate(async (threads) => {
      const load = new Function("path", "return import(path)") as (path: string) => Promise<never>;
      const { conformance } = (await load("/in-tab.js")) as typeof import("./conformance-in-tab.js");
      return conformance(await load("/ort/ort.wasm.min.mjs"), threads);
    }, threads);
    await page.close();
    expect(Object.entries(said).filter(([, failure]) => failure !== "")).toEqual([]);
    expect(Object.keys(said).length).toBeGreaterThan(15);
  },
);

// `every-task.test.ts` compares the losses of three tasks.
test("from the same pixels the losses are those of Node", { tags: ["thorough"] }, async () => {
  const page = await openTab(browser, site.url);
  const inTab = page.evaluate(async () => {
    const load = new Function("path", "return import(path)") as (path: string) => Promise<never>;
    const { trajectory, webRuntime } = (await load("/in-tab.js")) as typeof import("./trajectory.js") &
      typeof import("../../src/runtime/ort-web.js");
    const model = await (await fetch("/package/assets/vision-mini/onnx/model.onnx")).arrayBuffer();
    const runtime = await webRuntime(await load("/ort/ort.wasm.min.mjs"), { threads: 1 });
    return trajectory(runtime, new Uint8Array(model));
  });
  const runtime = await nodeRuntime({ threads: 1 });
  const [tab, node] = await Promise.all([inTab, trajectory(runtime, readFileSync(base))]);
  await runtime.close();
  await page.close();
  expect(tab).toHaveLength(node.length);
  // Losses fall from log 3 and logits grow from 0 to about 1: the bound is one of absolute values.
  expect(Math.max(...node.map((value, i) => Math.abs(value - tab[i]!)))).toBeLessThan(1e-4);
  expect(node.at(-1)).not.toBe(node[0]);
});
