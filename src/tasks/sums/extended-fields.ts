import type { ExtendedFacts } from "../../core/events/run-outcome.js";
import type { CommonResult } from "../../core/results/common-result.js";

/** Returns the facts of an extended model, and its training samples: a holder that was left out has none. */
export function extendedFields({ extended, split }: CommonResult, own: Partial<ExtendedFacts>) {
  const facts = { ...extended!, ...own };
  return { extended: facts, split: { ...split, train: facts.samples - split.validation } };
}
