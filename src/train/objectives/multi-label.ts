// Imported directly and not from the folder's index, so that a page loads only the losses that it uses.
import { binaryCrossEntropy } from "../../losses/binary-cross-entropy.js";
import { weightedMean } from "../../losses/cross-entropy.js";
import { areAdditive, needsOf, type Objective, type Penalty, termsOf } from "./objective.js";
import { targetRows } from "./target-rows.js";

/**
 * Multi-label classification: binary cross-entropy of the training batch, and penalties. The labels of an item are fed
 * as `train.targets`, float32[B, L].
 */
export function multiLabel({
  labels,
  penalties = [],
}: {
  readonly labels: number;
  readonly penalties?: readonly Penalty[];
}): Objective<"train"> {
  return {
    needs: ["train"],
    additive: areAdditive(penalties),
    ...needsOf(penalties, { [targetRows]: [labels] }),
    terms(g, model, { train }, before) {
      const outputs = model(train.x);
      const losses = binaryCrossEntropy(g, outputs.logits, train.rows![targetRows]!);
      const added = termsOf(penalties, g, outputs, train, before);
      return {
        terms: {
          classification: { value: weightedMean(g, losses, train.weights), weight: 1 },
          ...added.terms,
        },
        logits: outputs,
        constants: added.constants,
      };
    },
  };
}
