import { readTrust } from "../../bases/model-folder/trust-facts.js";
import type { ClassificationScores, OnEvent, TrustResult } from "../../core/events/events.js";
import type { Predictions } from "../../evaluate/class-predictions.js";
import { asRawScores, detailedScores } from "./detailed.js";
import { measureTrust } from "./trust.js";

/**
 * What `eval` says of a model's answers.
 * @param model with what its engraft.json says of its probabilities, if it says that
 * @throws ModelError when that is damaged
 */
export function scorePredictions(
  classes: readonly string[],
  predictions: Predictions,
  model: { readonly dir: string; readonly trust: unknown },
  onEvent: OnEvent | undefined,
): { readonly test: ClassificationScores; readonly trust?: TrustResult } {
  const facts = readTrust(model.trust, model.dir);
  const given = asRawScores(predictions, classes.length, onEvent);
  return {
    test: detailedScores(classes, given),
    ...(facts && { trust: measureTrust(classes.length, facts, given) }),
  };
}
