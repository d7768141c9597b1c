import { weightedMean } from "../../losses/cross-entropy.js";
import type { Objective } from "./objective.js";

/**
 * The mean over the places that are asked for of −ln p(token): what masked and causal modelling minimise. The model
 * gives the loss of each place itself, float32[batch · count, 2] (see `languageModel`); places of weight 0 only fill up.
 * @param count places of a row
 */
export function languageModelling(count: number): Objective<"train"> {
  return {
    needs: ["train"],
    positions: count,
    terms(g, model, { train }) {
      const outputs = model(train.x);
      const losses = g.squeeze(g.slice(outputs.logits, { starts: [0], ends: [1], axes: [1] }), [1]);
      const value = weightedMean(g, losses, train.weights);
      return { terms: { language: { value, weight: 1 } }, logits: outputs };
    },
  };
}
