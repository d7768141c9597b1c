import type { MetricName } from "../../../core/results/metric.js";

/** English words on the charts of a training. */
export const chartsEn = {
  loss: "Loss",
  lossNote: "by epoch, nats; lower is better",
  lossNoteNumbers: "by epoch; lower is better",
  metrics: { accuracy: "accuracy", f1: "F1", r2: "R²", perplexity: "perplexity" } satisfies Record<
    MetricName,
    string
  >,
  accuracyNote: "by epoch; higher is better",
  train: "train",
  validation: "validation",
  epoch: "epoch",
  finder: (stage: string): string => `Learning-rate finder, ${stage}`,
  finderNote: (rate: string): string => `by learning rate; ${rate} was chosen`,
  smoothed: "smoothed loss",
  step: "step",
  trainingLoss: "Training loss",
  trainingLossNote: "by step",
  lossLine: "loss",
  learningRate: "Learning rate",
  learningRateNote: "by step; of the group with the highest rate",
  rate: "learning rate",
  throughput: "Throughput",
  throughputNote: (items: string): string => `by step, ${items} per second`,
  aSecond: "per second",
  memory: "Memory",
  memoryNote: "by step, MB of the process",
};
