import { areDivided, type SplitOrigin } from "../data/split/split-origin.js";
import { isWithoutBase } from "../methods/registry.js";
import type { RecipeOptions } from "../options/options.js";

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
 * Returns the number of folds that train the recipe of a run again: as requested, or 5 for a model that is solved in seconds and whose test
 * split is small. Such are a linear model or trees on the columns of a table, and probes whose task says so. undefined: none.
 */
export function foldsOfRun(
  { options, dataset }: { readonly options: FoldOptions; readonly dataset: Tested },
  { foldsOfProbe = false }: { readonly foldsOfProbe?: boolean } = {},
): number | undefined {
  if (options.folds !== undefined) return options.folds;
  const isSolved =
    (isWithoutBase(options.strategy) && options.with === undefined) ||
    (foldsOfProbe && isCheapProbe(options));
  return isSolved && hasSmallTest(dataset) ? usualFolds : undefined;
}

type FoldOptions = Pick<
  RecipeOptions,
  "folds" | "strategy" | "with" | "cache" | "budget" | "safe" | "trainSize" | "shots"
>;

/** True for a probe whose folds find their features in the cache, without an option that excludes folds. */
const isCheapProbe = ({ strategy, cache, budget, safe, trainSize, shots }: FoldOptions): boolean =>
  strategy === "probe" && cache !== false && safe !== true && (budget ?? trainSize ?? shots) === undefined;
