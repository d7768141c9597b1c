import type { Undivided } from "../../core/messages/warning-en.js";
import { equalParts, type NextParts } from "../../runtime/gpu/batch-parts.js";
import type { TrainingSession } from "../../runtime/runtime.js";
import type { FitOptions } from "../fit-options.js";
import type { Division } from "./divided-training.js";
import type { Step } from "./step.js";

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
export function nextParts({
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
    step,
    parts: options.parts,
    hidden: step.state.filter((value) => !outside.has(value)),
    next: () => nextParts(options),
  };
}

/** Returns the step as the loop sees it: its state has no sums of gradients if an update takes one batch. */
export function wholeStep({ parts, accumulate = 1 }: DividedOptions, step: Step): Step {
  if (parts === 1 || accumulate > 1) return step;
  return { ...step, state: step.state.filter(({ input }) => !step.sums.has(input)) };
}
