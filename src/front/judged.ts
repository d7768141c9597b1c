import type { ClassificationScores, OnEvent, TrustFacts, TrustResult } from "../core/events.js";
import { asRawScores, detailedScores } from "./detailed.js";
import type { Predictions } from "./scores.js";
import { measureTrust } from "./trust.js";

/** What `eval` says of a model's answers. @param facts that are stored with the model, if there are any */
export function judged(
  classes: readonly string[],
  predictions: Predictions,
  facts: TrustFacts | undefined,
  onEvent: OnEvent | undefined,
): { readonly test: ClassificationScores; readonly trust?: TrustResult } {
  const given = asRawScores(predictions, classes.length, onEvent);
  return {
    test: detailedScores(classes, given),
    ...(facts && { trust: measureTrust(classes.length, facts, given) }),
  };
}
