export const resultWords = {
  model: "Model",
  quick: "Quick model",
  interval: (range: string) => `95 % confidence interval ${range}`,
  scoreWith: (score: string, interval: string) => `${score} (${interval})`,
  fewSamples: (n: number, about: number) => `Too few samples for a number: ${n} of about ${about}.`,
  fewRecordings: (n: number, about: number) => `Too few recordings for a number: ${n} of about ${about}.`,
  onTest: (samples: number) => `On ${samples} test samples that were not used for training.`,
  fewTest: (samples: number) =>
    `The test split has only ${samples} samples, so its accuracy is uncertain. Cross-validation of the quick model uses all samples:`,
  relabelled: (changed: number, all: number) =>
    `You changed ${changed} of ${all} labels after you saw the prediction. If the old labels were right, this accuracy is too high.`,
  /** @param said a sentence, or a score with its interval and a full stop */
  withOldLabels: (said: string) => `With the old labels: ${said}`,
  none: "There is no score yet. Add at least five samples to each of two classes, or train.",
  untested: "The run used all samples for training. None is left for a test.",
  against: (own: string, other: string) => `${own} against ${other}.`,
  stop: ".",
  cellHelp: "Press a cell to see its samples.",
  cell: (count: number, truth: string, predicted: string) => `${count} × ${truth} predicted as ${predicted}`,
  noneWrong: "No prediction is wrong.",
  unlisted: "The run kept no list of these predictions.",
  relabel: (label: string) => `Change to ${label}`,
  moved: (label: string) =>
    `Moved to ${label}. The quick model learns it at once. A run learns it when you train again.`,
  more: (count: number) => `Show ${count} more`,
  scores: "Scores in detail",
  report: "Full report",
  closeList: "Close the list",
};
