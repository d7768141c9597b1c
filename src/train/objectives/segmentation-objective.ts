import type { Value } from "../../graph/node.js";
import { shareCrossEntropy } from "../../losses/share-cross-entropy.js";
import { softDice } from "../../losses/soft-dice.js";
import { needsOf, type Objective, type Penalty, termsOf } from "./objective.js";

export interface SegmentationOptions {
  /** K; class 0 is the background. */
  readonly classes: number;
  /** h and w of the logits. */
  readonly height: number;
  readonly width: number;
  /** Weights of the classes in the cross-entropy. Default 1 each. */
  readonly classWeights?: readonly number[];
  /** Additional terms. Default none. */
  readonly penalties?: readonly Penalty[];
}

/** First class of the Dice term: two classes have one that says everything. */
export const firstDiceClass = (classes: number): number => (classes === 2 ? 1 : 0);

/**
 * Semantic segmentation: cross-entropy and soft Dice loss of maps.
 *
 * The model returns logits float32[B, K, h, w]. Additional inputs:
 *
 * - `train.shares` float32[B, K, h, w]: the share of each class among the labelled pixels of a place.
 * - `train.labelled` float32[B, h, w]: the share of labelled pixels of a place; 0 for a place that is left out.
 *
 * loss = {@link shareCrossEntropy} + {@link softDice}, each over all places of the batch. With two classes, the Dice loss is that of the
 * second.
 */
export function segmentation(options: SegmentationOptions): Objective<"train"> {
  const { classes, height, width, classWeights, penalties = [] } = options;
  const own = { shares: [classes, height, width], labelled: [height, width] };
  return {
    needs: ["train"],
    ...needsOf(penalties, own),
    terms(g, model, { train }, before) {
      const outputs = model(train.x);
      const { shares, labelled } = train.rows as Record<string, Value>;
      // A padding row has weight 0.
      const items = g.reshape(train.weights, [-1, 1, 1, 1]);
      const targets = { shares: shares!, counted: g.mul(g.unsqueeze(labelled!, [1]), items) };
      const logP = g.logSoftmax(outputs.logits, 1);
      const { loss, mass } = shareCrossEntropy(g, logP, targets, classWeights);
      const added = termsOf(penalties, g, outputs, train, before);
      return {
        terms: {
          classification: { value: loss, weight: 1 },
          dice: { value: softDice(g, g.exp(logP), targets, firstDiceClass(classes)), weight: 1 },
          ...added.terms,
        },
        logits: { ...outputs, logits: g.reduceMean(outputs.logits, { axes: [2, 3] }) },
        constants: added.constants,
        mass,
      };
    },
  };
}
