import type { CustomScores } from "../../core/events/custom-event.js";
import { factsOf } from "../../evaluate/class-predictions.js";
import { scoredBy } from "../../evaluate/metric-sums.js";
import { estimateOf, groupFacts } from "../../evaluate/share-interval.js";
import type { Predictions, Sample, TaskParts } from "./task-parts.js";

/** Returns the predictions of samples. @param logits float32[N, K] */
export function predictionsOf<Input>(parts: TaskParts<Input>, logits: Float32Array): Predictions[] {
  const { outputs } = parts.head;
  return Array.from({ length: logits.length / outputs }, (_, i) =>
    parts.predictions(logits.subarray(i * outputs, (i + 1) * outputs)),
  );
}

/** Returns the mean loss of samples. @param logits float32[N, K] */
export function meanLoss<Input>(
  { head, loss }: TaskParts<Input>,
  logits: Float32Array,
  samples: readonly Sample<Input>[],
): number {
  const rowOf = (i: number) => logits.subarray(i * head.outputs, (i + 1) * head.outputs);
  return samples.reduce((sum, sample, i) => sum + loss(rowOf(i), sample), 0) / samples.length;
}

/** Scores predictions for samples, with the confidence interval over the samples. */
export function customScores<Input>(
  { metric, sums }: Pick<TaskParts<Input>, "metric" | "sums">,
  predictions: readonly Predictions[],
  samples: readonly Sample<Input>[],
  loss?: number,
): CustomScores {
  const scores = { ...metric, values: samples.flatMap((sample, i) => sums(predictions[i]!, sample)) };
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
  samples: readonly Sample<Input>[],
): CustomScores {
  const predictions = predictionsOf(parts, logits);
  const scores = customScores(parts, predictions, samples, meanLoss(parts, logits, samples));
  return { ...scores, details: parts.details?.(predictions, samples) };
}
