import type { TaskDefaults } from "../../run/context.js";
import type { DenseBase } from "../dense/open-dense.js";

/** Pictures of a step. */
const batch = 8;
/** Steps for each training picture, and the range of all steps. */
const perPicture = 30;
const [fewest, most] = [600, 6000] as const;

/** Returns the training defaults of a detector. @param pictures of the training split */
export const boxDefaults = (_base: Pick<DenseBase, "kind">, pictures: number) => (): TaskDefaults => {
  const steps = Math.min(most, Math.max(fewest, perPicture * pictures));
  const own = Math.min(batch, Math.max(1, pictures));
  return { batch: own, epochs: Math.max(1, Math.round((steps * own) / Math.max(1, pictures))) };
};
