import type { ImageItem } from "../../data/index.js";
import { labelValidation } from "../../evaluate/labels.js";
import { multiLabel } from "../../train/multi-label.js";
import type { Penalty } from "../../train/objective.js";
import type { Judged } from "../context.js";
import { predictAll } from "../feeds.js";

/** An item with the labels that it has. */
export interface LabelItem extends ImageItem {
  /** Places in the list of labels, each once. */
  readonly labels: readonly number[];
}

/** Which labels items have: uint8[N, L]. */
export function targetsOf(items: readonly ImageItem[], labels: number): Uint8Array {
  const targets = new Uint8Array(items.length * labels);
  items.forEach((item, i) => {
    for (const k of (item as LabelItem).labels) targets[i * labels + k] = 1;
  });
  return targets;
}

/** What is learnt of several labels an item, and what an epoch is judged by: the micro F1, then the loss. */
export function labelJudge(labels: number): Judged {
  return {
    objective: ({ penalties = [] }: { readonly penalties?: readonly Penalty[] }) =>
      multiLabel({ labels, penalties }),
    guessing: {
      loss: Math.log(2),
      words: `tossing a coin for each label costs ${Math.log(2).toPrecision(3)}`,
    },
    rows: (items) => {
      const targets = targetsOf(items, labels);
      return async ({ indices }) => {
        const data = new Float32Array(indices.length * labels);
        indices.forEach((index, i) => {
          data.set(targets.subarray(index * labels, (index + 1) * labels), i * labels);
        });
        return { targets: { dtype: "float32", dims: [indices.length, labels], data } };
      };
    },
    validate: async (evaluate, held) => {
      const { logits } = await predictAll(evaluate, held, labels);
      return labelValidation(logits, targetsOf(held.items, labels), labels);
    },
    metric: "f1",
  };
}
