import type { TaskDefaults } from "../../run/context.js";

/** Pictures of a step. */
const batch = 8;

/** Length of a training by the number of its pictures. */
export interface DenseLength {
  /** Steps for each training picture. */
  readonly perPicture: number;
  /** Range of all steps. */
  readonly fewest: number;
  readonly most: number;
}

/** Returns training defaults. @param pictures of the training split */
export function denseDefaults({ perPicture, fewest, most }: DenseLength, pictures: number): TaskDefaults {
  const steps = Math.min(most, Math.max(fewest, perPicture * pictures));
  const own = Math.min(batch, Math.max(1, pictures));
  return { batch: own, epochs: Math.max(1, Math.round((steps * own) / Math.max(1, pictures))) };
}
