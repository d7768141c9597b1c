import type { Samples } from "../../data/index.js";
import { scoresOf } from "../../evaluate/class-predictions.js";
import type { TrainingHead } from "../context.js";
import { predictAll } from "./feeds.js";

/** Returns the head of a run that predicts one class per sample. */
export const classesHead = (dataset: Samples): TrainingHead => ({
  outputs: dataset.classes.length,
  counts: countsOf(dataset),
  endsWhenPerfect: true,
  validate: async (evaluate, held, signal) => {
    const source = { ...held, signal };
    const predictions = await predictAll(evaluate, source, dataset.classes.length);
    const { accuracy, loss } = scoresOf(dataset.classes, predictions);
    return { score: accuracy, loss };
  },
  metric: "accuracy",
});

/** Returns the number of training samples per class. */
export function countsOf({ classes, items }: Samples): { readonly name: string; readonly count: number }[] {
  const counts = classes.map((name) => ({ name, count: 0 }));
  for (const { part, label } of items) {
    // A sample of the target of an adaptation has no class.
    const own = part === "train" ? counts[label] : undefined;
    if (own) own.count++;
  }
  return counts;
}
