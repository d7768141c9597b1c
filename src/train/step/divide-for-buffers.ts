import { bytesPerElement } from "../../core/dtype.js";
import { EngraftError } from "../../core/errors.js";
import { message, warningText } from "../../core/messages/message.js";
import { isStatic, sizeOf } from "../../core/shape.js";
import type { Value } from "../../graph/node.js";
import type { FitOptions } from "../fit-options.js";
import { type DividedOptions, divided, nextParts } from "./divide-batch.js";
import type { Step } from "./step.js";
import { inWords } from "./step-memory.js";

/** Returns a size in bytes below a megabyte, else rounded. */
const sizeInWords = (bytes: number): string => (bytes < 1e6 ? `${bytes} bytes` : inWords(bytes));

/** A value above the limit of a GPU's buffers. */
interface LargeValue {
  readonly value: Value;
  readonly bytes: number;
}

/** Returns the largest of some values of a step that is larger than the limit. */
function largestAbove({ graph }: Step, values: Iterable<Value>, limit: number): LargeValue | undefined {
  let largest: LargeValue | undefined;
  for (const value of values) {
    const type = graph.types.get(value);
    if (!type || !isStatic(type.shape) || type.dtype === "string") continue;
    const bytes = sizeOf(type.shape) * bytesPerElement[type.dtype];
    if (bytes > (largest?.bytes ?? limit)) largest = { value, bytes };
  }
  return largest;
}

/**
 * Builds a step whose values fit into the GPU's buffers: the batch is divided as often as that takes.
 * @param limit bytes of a buffer
 * @throws DeviceError if a weight is too large, or a value of one row, or of a batch that cannot be divided
 */
export async function divideForBuffers<Built extends { readonly step: Step }>(
  options: FitOptions,
  limit: number,
  build: (options: DividedOptions) => Promise<Built>,
): Promise<Built & { readonly small: DividedOptions }> {
  for (let small = divided(options); ; ) {
    const built = await build(small);
    const { step } = built;
    const weights = [...step.graph.initializers.keys(), ...step.state.map((s) => s.input)];
    const weight = largestAbove(step, weights, limit);
    if (weight) throw weightTooLarge(weight, limit);
    const large = largestAbove(step, step.graph.types.keys(), limit);
    if (!large) {
      if (small.parts > divided(options).parts) warnOfParts(options, small, limit);
      return { ...built, small };
    }
    const next = nextParts(small);
    if (typeof next === "string") throw valueTooLarge(large, limit, next);
    small = divided(options, next.parts);
  }
}

function weightTooLarge({ value, bytes }: LargeValue, limit: number): EngraftError {
  return new EngraftError(
    "DeviceError",
    `weight "${value}" takes ${sizeInWords(bytes)}, a buffer of this GPU holds at most ${sizeInWords(limit)}`,
    { help: "run on the CPU: --device cpu", details: { value, bytes, limit } },
  );
}

function valueTooLarge(
  { value, bytes }: LargeValue,
  limit: number,
  next: "one-row" | "coupled",
): EngraftError {
  return new EngraftError(
    "DeviceError",
    `value "${value}" takes ${sizeInWords(bytes)}, a buffer of this GPU holds at most ${sizeInWords(limit)}`,
    {
      help: "use a smaller batch or smaller pictures; or run on the CPU: --device cpu",
      details: { problem: "buffer", value, bytes, limit, next },
    },
  );
}

function warnOfParts({ batch, onEvent }: FitOptions, small: DividedOptions, limit: number): void {
  onEvent?.({
    event: "warning",
    ...warningText(
      "device",
      message("gpu-buffers-small", { limit: sizeInWords(limit), batch, rows: small.batch }),
    ),
  });
}
