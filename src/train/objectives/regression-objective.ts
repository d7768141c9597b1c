import { weightedMean } from "../../losses/cross-entropy.js";
import { huberError, squaredError } from "../../losses/regression.js";
import { areAdditive, needsOf, type Objective, type Penalty, termsOf } from "./objective.js";

export interface RegressionOptions {
  /** Numbers per item. */
  readonly targets: number;
  /** Default "mse". */
  readonly loss?: "mse" | "huber";
  /** δ of the Huber loss, in the unit of the targets. Default 1. */
  readonly delta?: number;
  /** Additional terms. Default none. */
  readonly penalties?: readonly Penalty[];
}

/**
 * Squared or Huber error of the training batch, and penalties. The targets are fed as `train.targets`, float32[B, T].
 */
export function regression(options: RegressionOptions): Objective<"train"> {
  const { targets, loss = "mse", delta = 1, penalties = [] } = options;
  return {
    needs: ["train"],
    additive: areAdditive(penalties),
    ...needsOf(penalties),
    rows: { targets: [targets] },
    terms(g, model, { train }, before) {
      const outputs = model(train.x);
      const truth = train.rows!.targets!;
      const losses =
        loss === "huber"
          ? huberError(g, outputs.logits, truth, delta)
          : squaredError(g, outputs.logits, truth);
      const added = termsOf(penalties, g, outputs, train, before);
      return {
        terms: {
          regression: { value: weightedMean(g, losses, train.weights), weight: 1 },
          ...added.terms,
        },
        logits: outputs,
        constants: added.constants,
      };
    },
  };
}
