import type { TaskDefaults } from "../../run/context.js";

/** Pictures of a step. */
const batch = 8;

/** Steps for each training picture, and the range of all steps. On 120 pictures of nuclei, 300 steps were enough. */
const [perPicture, fewest, most] = [6, 400, 4000] as const;

/** Early layers train as fast as the head: decision 35. */
const early = 1;

/** Returns training defaults. @param pictures of the training split */
export function denseDefaults(pictures: number): TaskDefaults {
  const steps = Math.min(most, Math.max(fewest, perPicture * pictures));
  const own = Math.min(batch, Math.max(1, pictures));
  return { batch: own, early, epochs: Math.max(1, Math.round((steps * own) / Math.max(1, pictures))) };
}
