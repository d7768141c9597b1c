import type { OnProgress } from "../../core/events/progress-events.js";
import type { Runtime } from "../../runtime/runtime.js";
import type { Machine, RuntimeRequest } from "../machine.js";

/**
 * Opens a runtime for predictions, scores and explanations. If its GPU fails, they go on in smaller parts of a batch, or on the CPU. A run
 * has checkpoints for that, so it opens its runtime by itself.
 * @param onEvent gets the warnings, if the request has no `onWarning`
 */
export async function openToPredict(
  machine: Machine,
  { onEvent, ...given }: RuntimeRequest & { readonly onEvent?: OnProgress | undefined } = {},
): Promise<Runtime> {
  const onWarning = (message: string): void => onEvent?.({ event: "warning", code: "runtime", message });
  const request = { ...(onEvent && { onWarning }), ...given };
  const runtime = await machine.openRuntime(request);
  if (runtime.device === "cpu") return runtime;
  const { SurvivingRuntime } = await import("./surviving-runtime.js");
  return new SurvivingRuntime(machine, request, runtime);
}
