// The suite that every runtime passes, as a page runs it: bundled by runtime.test.ts, with vitest-in-tab for vitest.
import { type OrtWebModule, webRuntime } from "../../src/runtime/ort-web.js";
import { runtimeConformance } from "../../src/runtime/runtime.conformance.js";
import { runCollected } from "./vitest-in-tab.js";

export async function conformance(ort: OrtWebModule, threads: number): Promise<Record<string, string>> {
  runtimeConformance("the tab", () => webRuntime(ort, { threads }));
  return runCollected();
}
