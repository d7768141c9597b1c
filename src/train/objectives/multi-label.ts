// Imported directly and not from the folder's index, so that a page loads only the losses that it uses.
import { binaryCrossEntropy } from "../../losses/binary-cross-entropy.js";
import { weightedMean } from "../../losses/cross-entropy.js";
import { areAdditive, type Objective, type Penalty, type Term } from "./objective.js";
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
    rows: Object.assign({ [targetRows]: [labels] }, ...penalties.map((p) => p.rows)) as Record<
      string,
      readonly number[]
    >,
    exposes: [...new Set(penalties.flatMap((p) => p.exposes ?? []))],
    given: Object.assign({}, ...penalties.map((p) => p.given)) as Record<string, readonly number[]>,
    terms(g, model, { train }, before) {
      const outputs = model(train.x);
      const losses = binaryCrossEntropy(g, outputs.logits, train.rows![targetRows]!);
      const added = penalties.map((penalty) => penalty.terms(g, outputs, train, before));
      return {
        terms: Object.assign(
          { classification: { value: weightedMean(g, losses, train.weights), weight: 1 } },
          ...added.map(({ terms }) => terms),
        ) as Record<string, Term>,
        logits: outputs,
        constants: added.flatMap(({ constants = [] }) => constants),
      };
    },
  };
}
