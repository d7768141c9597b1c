import { copySample } from "../../data/copy-sample.js";
import type { TaskData, TaskItem } from "../../data/index.js";
import { factsOf, type Predictions, scoresOf } from "../../evaluate/class-predictions.js";
import type { Validation } from "../../train/fit.js";

/** Extracts the predictions of one task from the logits of all tasks. */
export function predictionsOf(
  data: TaskData,
  t: number,
  items: readonly TaskItem[],
  logits: Float32Array,
): Predictions {
  const first = data.tasks.slice(0, t).reduce((n, { classes }) => n + classes.length, 0);
  const all = data.tasks.reduce((n, { classes }) => n + classes.length, 0);
  const count = data.tasks[t]!.classes.length;
  const known = items.map((_, i) => i).filter((i) => items[i]!.labels[t]! >= 0);
  const taskLogits = new Float32Array(known.length * count);
  for (const [k, i] of known.entries())
    taskLogits.set(logits.subarray(i * all + first, i * all + first + count), k * count);
  return {
    logits: taskLogits,
    ...factsOf(known.map((i) => copySample(items[i]!, { label: items[i]!.labels[t]! }))),
  };
}

/** Returns loss and accuracy of each task on its labelled items; NaN for a task without labelled items. */
export function taskValidations(data: TaskData, items: readonly TaskItem[], logits: Float32Array) {
  return data.tasks.map(({ classes }, t) => {
    const answers = predictionsOf(data, t, items, logits);
    const n = answers.labels.length;
    if (n === 0) return { n, loss: Number.NaN, accuracy: Number.NaN };
    const { loss, accuracy } = scoresOf(classes, answers);
    return { n, loss, accuracy };
  });
}

/** Returns the mean over the tasks that have validation items. */
export function meanValidation(all: ReturnType<typeof taskValidations>): Validation {
  const known = all.filter(({ n }) => n > 0);
  const mean = (of: (one: (typeof known)[number]) => number): number =>
    known.reduce((sum, one) => sum + of(one), 0) / Math.max(1, known.length);
  return { score: mean((v) => v.accuracy), loss: mean((v) => v.loss) };
}
