import { weightedMean } from "../../losses/cross-entropy.js";
import type { Objective } from "./objective.js";

/**
 * Mean of −ln p(token) over the predicted places: the loss of masked and causal modelling. The model returns the loss
 * of each place, float32[batch · count, 2] (see `languageModel`); places of weight 0 are padding.
 * @param count places per row
 */
export function languageModelling(count: number): Objective<"train"> {
  return {
    needs: ["train"],
    additive: true,
    positions: count,
    terms(g, model, { train }) {
      const outputs = model(train.x);
      const losses = g.squeeze(g.slice(outputs.logits, { starts: [0], ends: [1], axes: [1] }), [1]);
      const value = weightedMean(g, losses, train.weights);
      return { terms: { language: { value, weight: 1 } }, logits: outputs };
    },
  };
}
