import type { ClassSample, Samples } from "../../data/index.js";
import { labelValidation } from "../../evaluate/labels.js";
import type { TrainingHead } from "../../run/context.js";
import { predictAll } from "../../run/training/feeds.js";
import type { HeldSource } from "../../run/training/train-source.js";
import { multiLabel } from "../../train/objectives/multi-label.js";

/** An item with its labels. */
export interface LabelItem extends ClassSample {
  /** Indices into the list of labels, without repetition. */
  readonly labels: readonly number[];
}

/** Part of a run whose samples have labels. */
export interface LabelData {
  readonly dataset: Samples<LabelItem>;
}

/** Returns the targets of items, uint8[N, L]: 1 for each label of an item. */
export function targetsOf(items: readonly Pick<LabelItem, "labels">[], labels: number): Uint8Array {
  const targets = new Uint8Array(items.length * labels);
  items.forEach((item, i) => {
    for (const k of item.labels) targets[i * labels + k] = 1;
  });
  return targets;
}

/** Returns a head with one logit per label. An epoch is chosen by the micro F1 on the validation split. */
export function labelHead(context: LabelData): TrainingHead {
  const { items, classes } = context.dataset;
  const train = items.filter(({ part }) => part === "train");
  const labels = classes.length;
  return {
    outputs: labels,
    classOf: ({ label }: LabelItem) => label,
    counts: classes.map((name, k) => ({
      name,
      count: train.filter((item) => item.labels.includes(k)).length,
    })),
    objective: ({ penalties = [] }) => multiLabel({ labels, penalties }),
    guessing: {
      loss: Math.log(2),
      words: `tossing a coin for each label costs ${Math.log(2).toPrecision(3)}`,
    },
    targets: (some: readonly LabelItem[]) => {
      const targets = targetsOf(some, labels);
      return async ({ indices }) => {
        const data = new Float32Array(indices.length * labels);
        indices.forEach((index, i) => {
          data.set(targets.subarray(index * labels, (index + 1) * labels), i * labels);
        });
        return { targets: { dtype: "float32", dims: [indices.length, labels], data } };
      };
    },
    validate: async (evaluate, held: HeldSource<LabelItem>, signal) => {
      const logits = await predictAll(evaluate, { ...held, signal }, labels);
      return labelValidation(logits, targetsOf(held.items, labels), labels);
    },
    metric: "f1",
  };
}
