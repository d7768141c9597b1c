import { weightedMean } from "../../losses/cross-entropy.js";
import { areAdditive, needsOf, type Objective, type Penalty, termsOf } from "./objective.js";

/**
 * Mean of −ln p(token) over the predicted places: the loss of masked and causal modelling. The model returns the loss
 * of each place, float32[batch · count, 3] (see `languageModel`); places of weight 0 are padding.
 * @param count places per row
 * @param penalties additional terms. Default none
 */
export function languageModelling(count: number, penalties: readonly Penalty[] = []): Objective<"train"> {
  return {
    needs: ["train"],
    additive: areAdditive(penalties),
    positions: count,
    ...needsOf(penalties),
    terms(g, model, { train }, before) {
      const outputs = model(train.x);
      const losses = g.squeeze(g.slice(outputs.logits, { starts: [0], ends: [1], axes: [1] }), [1]);
      const value = weightedMean(g, losses, train.weights);
      const added = termsOf(penalties, g, outputs, train, before);
      return {
        terms: { language: { value, weight: 1 }, ...added.terms },
        logits: outputs,
        constants: added.constants,
      };
    },
  };
}
