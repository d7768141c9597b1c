import type { Platform } from "../platform/platform.js";
import type { Runtime } from "../runtime/runtime.js";

/** The machine a task runs on: Node here. Loaded when a task starts, not when the library is imported. */
export interface Machine {
  readonly platform: Platform;
  openRuntime(threads: number): Promise<Runtime>;
}

export async function openMachine(): Promise<Machine> {
  const { nodePlatform } = await import("../platform/node.js");
  return {
    platform: nodePlatform,
    openRuntime: async (threads) => (await import("../runtime/ort-node.js")).nodeRuntime({ threads }),
  };
}
