import { EngraftError } from "../../core/errors.js";
import type { Undivided } from "../../core/messages/warning-en.js";
import { problemOf } from "../device.js";

/** How a run can go on after its GPU had too little memory. */
export interface NextParts {
  /** Rows of the batch that did not fit. */
  readonly rows: number;
  /** Parts for the next attempt. */
  readonly parts: number;
}

/** Returns the smallest number of equal parts of a batch, at least `parts`. @param batch a whole number from 1 on */
export function equalParts(batch: number, parts: number): number {
  let n = Math.min(Math.max(1, Math.ceil(parts)), batch);
  while (batch % n !== 0) n++;
  return n;
}

/**
 * Runs a batch on a GPU. If the memory is too little, the error says how the run can go on.
 * @param next parts for the next attempt, or why there are none
 */
export async function onGpu<T>(
  run: () => Promise<T>,
  next: () => NextParts | Exclude<Undivided, "not-a-batch">,
): Promise<T> {
  try {
    return await run();
  } catch (error) {
    const problem = problemOf(error);
    if (problem === undefined || problem === "lost") throw error;
    const { message, help, at, details } = error as EngraftError;
    // A part of a batch knows best: it failed first.
    if (details.next !== undefined) throw error;
    throw new EngraftError("DeviceError", message, {
      help,
      at,
      details: { ...details, next: next() },
      cause: error,
    });
  }
}

/** Returns how a run can go on after an error of {@link onGpu}, or why not. */
export function nextOf(error: EngraftError): NextParts | Undivided {
  return (error.details.next as NextParts | Undivided | undefined) ?? "not-a-batch";
}
