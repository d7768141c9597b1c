import type { ClassSample, Samples } from "../../data/index.js";
import { factsOf, scoresOf } from "../../evaluate/class-predictions.js";
import type { Context, TrainingHead, Unrecorded } from "../context.js";
import { predictAll } from "./feeds.js";
import type { HeldSource } from "./train-source.js";

/** A run whose samples have one class each. */
export type OfClasses<C extends Unrecorded = Context> = C & { readonly dataset: Samples<ClassSample> };

/** Returns the class of a sample. */
const classOf = ({ label }: ClassSample): number => label;

/** Returns the name of a sample's class. */
export const classText = ({ label }: ClassSample, { classes }: Pick<Samples, "classes">): string =>
  classes[label] ?? "";

/** Returns the head of a run that predicts one class per sample. */
export const classesHead = (dataset: Samples<ClassSample>): TrainingHead => ({
  outputs: dataset.classes.length,
  counts: countsOf(dataset),
  endsWhenPerfect: true,
  classOf,
  validate: async (evaluate, held: HeldSource<ClassSample>, signal) => {
    const logits = await predictAll(evaluate, { ...held, signal }, dataset.classes.length);
    const { accuracy, loss } = scoresOf(dataset.classes, { logits, ...factsOf(held.items) });
    return { score: accuracy, loss };
  },
  metric: "accuracy",
});

/** Returns the number of training samples per class. */
export function countsOf({
  classes,
  items,
}: Samples<ClassSample>): { readonly name: string; readonly count: number }[] {
  const counts = classes.map((name) => ({ name, count: 0 }));
  for (const { part, label } of items) {
    // A sample of the target of an adaptation has no class.
    const own = part === "train" ? counts[label] : undefined;
    if (own) own.count++;
  }
  return counts;
}
