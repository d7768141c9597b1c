/** English words on the charts of a training. */
export const chartsEn = {
  loss: "Loss",
  lossNote: "by epoch, nats; lower is better",
  lossNoteNumbers: "by epoch; lower is better",
  accuracyNote: "by epoch; higher is better",
  train: "train",
  validation: "validation",
  candidate: (line: string): string => `${line} (candidate)`,
  epoch: "epoch",
  finder: (stage: string): string => `Learning-rate finder, ${stage}`,
  finderNote: (rate: string): string => `by learning rate; ${rate} was chosen`,
  smoothed: "smoothed loss",
  step: "step",
  trainingLoss: "Training loss",
  trainingLossNote: "by step",
  lossLine: "loss",
  /** Names of the terms of a loss, where they are not the words of a method. */
  lossTerms: { boxes: "boxes", classification: "classification", dice: "Dice" } as Readonly<
    Record<string, string>
  >,
  learningRate: "Learning rate",
  learningRateNote: "by step; of the group with the highest rate",
  rate: "learning rate",
  throughput: "Throughput",
  throughputNote: (items: string): string => `by step, ${items} per second`,
  aSecond: "per second",
  memory: "Memory",
  memoryNote: "by step, MB of the process",
};
