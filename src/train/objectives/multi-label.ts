// Not from the folder's index: a page loads no loss that it does not use.
import { binaryCrossEntropy } from "../../losses/binary-cross-entropy.js";
import { weightedMean } from "../../losses/cross-entropy.js";
import type { Objective, Penalty, Term } from "./objective.js";
import { targetRows } from "./target-rows.js";

/**
 * Several labels an item, each there or not: binary cross-entropy of the training batch, and penalties. Which labels an item
 * has is fed as `train.targets`, float32[B, L].
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
