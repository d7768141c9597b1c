import { areDivided, type SplitOrigin } from "../data/split/split-origin.js";
import { isWithoutBase } from "../methods/registry.js";
import type { TrainOptions } from "../options/options.js";

/** Test splits with fewer samples say little of a recipe: at 80 % accuracy, 200 samples have an interval of ± 5.5 points. */
const smallTest = 200;

/** Folds of a model that is solved in seconds: scikit-learn's default. */
const usualFolds = 5;

/** A dataset as far as its test split says whether folds say more. */
interface Tested extends Pick<SplitOrigin, "splitMessages"> {
  readonly items: readonly { readonly part: string }[];
}

/** True if the program divided the samples and the test split is small: then a cross-validation says more of a recipe. */
export function hasSmallTest({ items, splitMessages }: Tested): boolean {
  const tested = items.filter(({ part }) => part === "test").length;
  return tested > 0 && tested < smallTest && areDivided({ splitMessages });
}

/**
 * Returns the number of folds that train the recipe of a run again: as requested, or 5 for a linear model or trees on the columns of a table
 * whose test split is small. undefined: none.
 */
export function foldsOfRun({
  options: { folds, strategy, with: source },
  dataset,
}: {
  readonly options: Pick<TrainOptions, "folds" | "strategy" | "with">;
  readonly dataset: Tested;
}): number | undefined {
  if (folds !== undefined) return folds;
  return isWithoutBase(strategy) && source === undefined && hasSmallTest(dataset) ? usualFolds : undefined;
}
