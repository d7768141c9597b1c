import type { Interval } from "./task.js";

/**
 * Accuracy of a recipe, cross-validated: each sample is predicted by a model that learnt from the other folds. A small test split says
 * little of a recipe; this says what to expect of it.
 */
export interface CrossValidation {
  readonly folds: number;
  /** All samples: each is held out once. */
  readonly n: number;
  readonly accuracy: number;
  /** It counts that the models of the folds share training samples. null: too few groups. */
  readonly accuracy_ci95: Interval | null;
  /** Groups, with near copies in one; missing if each sample is its own. */
  readonly groups?: number;
}
