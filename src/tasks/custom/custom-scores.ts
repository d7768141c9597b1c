import { EngraftError } from "../../core/errors.js";
import type { CustomScores } from "../../core/events/custom-event.js";
import type { ScoreName } from "../../core/results/metric.js";
import { factsOf } from "../../evaluate/class-predictions.js";
import { scoredBy } from "../../evaluate/metric-sums.js";
import { estimateOf, groupFacts } from "../../evaluate/share-interval.js";
import type { CustomSample, Predictions, TaskParts } from "./task-parts.js";

/** Numbers of one sample that each metric is made of: see `SampleSums`. R² has two for each predicted number. */
const numbersOf: Readonly<Record<Exclude<ScoreName, "r2">, number>> = {
  accuracy: 1,
  f1: 3,
  word_accuracy: 2,
  token_accuracy: 2,
  map: 1,
  miou: 1,
};

const numbers = (count: number): string => (count === 1 ? "one number" : `${count} numbers`);
const wrongNumbers = (task: string, from: string, rule: string, given: unknown): EngraftError =>
  new EngraftError("OptionError", `${from} of the task ${task} must be ${rule}`, {
    at: `it is ${String(given) || "empty"}`,
    help: "mend it in the program that defines the task",
  });

/** @throws EngraftError if a task has no constant predictions, or one of another number of values than its outputs */
export function requireConstants<Input>(
  { name, classes, constants }: Pick<TaskParts<Input>, "name" | "classes" | "constants">,
  train: readonly CustomSample<Input>[],
): void {
  const all = Object.values(constants(train));
  if (all.length === 0)
    throw new EngraftError("OptionError", `the task ${name} has no constant predictions as a baseline`, {
      help: "return one from `constants`, such as the most frequent class of the training samples",
    });
  for (const one of all)
    if (one.length !== classes.length) throw wrongNumbers(name, "constants", numbers(classes.length), one);
}

/** Returns the predictions of samples. @param logits float32[N, K] */
export function predictionsOf<Input>(parts: TaskParts<Input>, logits: Float32Array): Predictions[] {
  const { outputs } = parts.head;
  return Array.from({ length: logits.length / outputs }, (_, i) => {
    const predicted = parts.predictions(logits.subarray(i * outputs, (i + 1) * outputs));
    const { length } = parts.classes;
    if (predicted.length !== length)
      throw wrongNumbers(parts.name, "predictions", numbers(length), predicted);
    return predicted;
  });
}

/** Returns the mean loss of samples. @param logits float32[N, K] */
export function meanLoss<Input>(
  { head, loss }: TaskParts<Input>,
  logits: Float32Array,
  samples: readonly CustomSample<Input>[],
): number {
  const rowOf = (i: number) => logits.subarray(i * head.outputs, (i + 1) * head.outputs);
  return samples.reduce((sum, sample, i) => sum + loss(rowOf(i), sample), 0) / samples.length;
}

/** Scores predictions for samples, with the confidence interval over the samples. */
export function customScores<Input>(
  { name, classes, metric, sums }: Pick<TaskParts<Input>, "name" | "classes" | "metric" | "sums">,
  predictions: readonly Predictions[],
  samples: readonly CustomSample<Input>[],
  loss?: number,
): CustomScores {
  const k = metric.metric === "r2" ? 2 * classes.length : numbersOf[metric.metric];
  if (metric.k !== k) throw wrongNumbers(name, "metric.k", String(k), metric.k);
  const values = samples.flatMap((sample, i) => {
    const own = sums(predictions[i]!, sample);
    // Predictions of a training that diverged are not finite, and the training says so.
    const fits = own.every(Number.isFinite) || !predictions[i]!.every(Number.isFinite);
    if (own.length !== k || !fits) throw wrongNumbers(name, "sums", numbers(k), own);
    return own;
  });
  const scores = { ...metric, values };
  const { value, shares } = scoredBy(scores);
  const { groups } = factsOf(samples);
  const estimate = estimateOf(scores.metric, shares, groups);
  return {
    n: samples.length,
    metric: { name: scores.metric, value, ci95: estimate.interval, higher_is_better: true },
    ...groupFacts(estimate, groups),
    ...(loss !== undefined && { loss }),
    scores,
  };
}

/** Scores the test split, with what the task shows besides. @param logits float32[N, K] */
export function testScores<Input>(
  parts: TaskParts<Input>,
  logits: Float32Array,
  samples: readonly CustomSample<Input>[],
): CustomScores {
  const predictions = predictionsOf(parts, logits);
  const scores = customScores(parts, predictions, samples, meanLoss(parts, logits, samples));
  return { ...scores, details: parts.details?.(predictions, samples) };
}
