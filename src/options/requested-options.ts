import type { PlanRequest } from "../methods/plan.js";
import type { RecipeOptions } from "./options.js";

/** Returns the requested options of a plan that do not depend on the task. */
export function requestedOptions(options: RecipeOptions): Omit<PlanRequest, "examples"> {
  const { epochs, batchSize, lr, trainable, option, optimizer, schedule } = options;
  const { accumulate, sam, average, sampling, batchNorm, hidden } = options;
  return {
    ...(epochs !== undefined && { epochs }),
    ...(batchSize !== undefined && { batch: batchSize }),
    ...(typeof lr === "number" && { rate: lr }),
    ...(trainable !== undefined && { trainable }),
    ...(option !== undefined && { option }),
    ...(optimizer !== undefined && { optimizer }),
    ...(schedule !== undefined && { schedule }),
    ...(accumulate !== undefined && { accumulate }),
    ...(sam !== undefined && { sam }),
    ...(average !== undefined && { average }),
    ...(sampling !== undefined && { sampling }),
    ...(batchNorm !== undefined && { batchNorm }),
    ...(hidden !== undefined && { hidden }),
  };
}
