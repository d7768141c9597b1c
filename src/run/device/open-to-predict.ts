import type { Runtime } from "../../runtime/runtime.js";
import type { Machine, RuntimeRequest } from "../machine.js";

/**
 * Opens a runtime for predictions, scores and explanations. If its GPU fails, they go on in smaller parts of a batch, or on the CPU. A run
 * has checkpoints for that, so it opens its runtime by itself.
 */
export async function openToPredict(machine: Machine, request: RuntimeRequest = {}): Promise<Runtime> {
  const runtime = await machine.openRuntime(request);
  if (runtime.device === "cpu") return runtime;
  const { SurvivingRuntime } = await import("./surviving-runtime.js");
  return new SurvivingRuntime(machine, request, runtime);
}
