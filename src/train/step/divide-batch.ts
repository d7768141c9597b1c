import { bytesPerElement } from "../../core/dtype.js";
import { EngraftError } from "../../core/errors.js";
import { message, warningText } from "../../core/messages/message.js";
import type { Undivided } from "../../core/messages/warning-en.js";
import { isStatic, sizeOf } from "../../core/shape.js";
import type { Value } from "../../graph/node.js";
import { equalParts, type NextParts } from "../../runtime/gpu/batch-parts.js";
import type { Runtime, TrainingSession } from "../../runtime/runtime.js";
import type { FitOptions } from "../fit-options.js";
import type { Division } from "./divided-training.js";
import type { Step } from "./step.js";
import { inWords } from "./step-memory.js";

/** Options of a fit whose steps run on a part of a batch. */
export interface DividedOptions extends FitOptions {
  /** Rows of a part. */
  readonly batch: number;
  /** Parts of a batch. Their gradients are summed. */
  readonly parts: number;
}

/** True if the gradients of the parts of a batch add up to that of the batch. */
function isDivisible({
  objective,
  batchNorm,
  sam,
}: Pick<FitOptions, "objective" | "batchNorm" | "sam">): boolean {
  // Batch statistics are those of the rows that a step sees, and the worst point nearby is that of its gradient.
  return objective.additive === true && batchNorm === "frozen" && sam === undefined;
}

/** Returns the options for the number of parts that the runtime has room for. */
export function divided(options: FitOptions, parts = options.runtime.batchParts ?? 1): DividedOptions {
  const own = isDivisible(options) ? equalParts(options.batch, parts) : 1;
  return { ...options, batch: options.batch / own, parts: own };
}

/** Returns how the run can go on if the GPU has too little memory for a part. */
function nextParts({
  batch,
  parts,
  ...options
}: DividedOptions): NextParts | Exclude<Undivided, "not-a-batch"> {
  if (batch === 1) return "one-row";
  return isDivisible(options) ? { rows: batch, parts: equalParts(batch * parts, 2 * parts) } : "coupled";
}

/** Returns a session of a GPU for whole batches. @param session runs `step` on parts of batches */
export async function onWholeBatches(
  options: DividedOptions,
  step: Step,
  session: TrainingSession,
): Promise<TrainingSession> {
  if ((options.runtime.device ?? "cpu") === "cpu" && options.parts === 1) return session;
  const { DividedTraining } = await import("./divided-training.js");
  return new DividedTraining(session, divisionOf(options, step));
}

function divisionOf(options: DividedOptions, step: Step): Division {
  const outside = new Set(wholeStep(options, step).state);
  return {
    ...{ step, parts: options.parts },
    hidden: step.state.filter((value) => !outside.has(value)),
    next: () => nextParts(options),
  };
}

/** Returns the step as the loop sees it: its state has no sums of gradients if an update takes one batch. */
export function wholeStep({ parts, accumulate = 1 }: DividedOptions, step: Step): Step {
  if (parts === 1 || accumulate > 1) return step;
  return { ...step, state: step.state.filter(({ input }) => !step.sums.has(input)) };
}

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
 * @throws DeviceError if a weight is too large, or a value of one row, or of a batch that cannot be divided
 */
export async function stepInBuffers<Built extends { readonly step: Step }>(
  options: FitOptions,
  build: (options: DividedOptions) => Promise<Built>,
): Promise<Built & { readonly small: DividedOptions }> {
  const { bufferBytes: limit } = options.runtime as Pick<Runtime, "bufferBytes">;
  for (let small = divided(options); ; ) {
    const built = await build(small);
    if (limit === undefined) return { ...built, small };
    const { step } = built;
    const weight = largestAbove(
      step,
      [...step.graph.initializers.keys(), ...step.state.map((s) => s.input)],
      limit,
    );
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
