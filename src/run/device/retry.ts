import type { EngraftError } from "../../core/errors.js";
import { message, type WarningText, warningText } from "../../core/messages/message.js";
import { type DeviceProblem, problemOf } from "../../runtime/device.js";
import { nextOf } from "../../runtime/gpu/batch-parts.js";
import type { GpuLimits } from "../run-runtime.js";

/** How a run goes on after its GPU failed. */
export interface Retry {
  /** True for the CPU, false for the same GPU. */
  readonly onCpu: boolean;
  readonly limits: GpuLimits;
  readonly warning?: WarningText;
}

/**
 * Returns how a run goes on after an error, from its last checkpoint: with smaller parts of a batch if the GPU has too little memory,
 * else on the CPU. Returns undefined for an error that is not that of a GPU.
 * @param limits those of the failed attempt
 */
export function retryAfter(error: unknown, limits: GpuLimits): Retry | undefined {
  const problem = problemOf(error);
  if (problem === undefined) return undefined;
  return problem === "lost"
    ? onCpu(message("gpu-lost", { why: String((error as EngraftError).details.why) }))
    : withLessMemory(error as EngraftError, problem, limits);
}

function withLessMemory(
  error: EngraftError,
  problem: Exclude<DeviceProblem, "lost">,
  limits: GpuLimits,
): Retry {
  const { limit } = error.details;
  // The training divides its batches for the limit before its first step.
  if (
    problem === "buffer" &&
    typeof limit === "number" &&
    limit < (limits.bufferBytes ?? Number.POSITIVE_INFINITY)
  )
    return { onCpu: false, limits: { ...limits, bufferBytes: limit } };
  const next = nextOf(error);
  if (typeof next === "string") return onCpu(message("gpu-memory-on-cpu", { because: next }));
  const { parts, rows } = next;
  return {
    onCpu: false,
    limits: { ...limits, batchParts: parts },
    warning: warningText("device", message("gpu-memory-in-parts", { rows, parts })),
  };
}

const onCpu = (sentence: Parameters<typeof warningText>[1]): Retry => ({
  onCpu: true,
  limits: {},
  warning: warningText("device", sentence),
});
