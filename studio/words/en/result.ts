import { percent } from "../percent.js";

export const resultWords = {
  model: "Model",
  quick: "Quick model",
  metrics: {
    ...{ accuracy: "accuracy", f1: "F1 score", r2: "R²", miou: "mean IoU" },
    ...{ map: "mean average precision", word_accuracy: "word accuracy" },
  } as Readonly<Record<string, string>>,
  interval: (low: string, high: string) => `95 % confidence interval ${low} to ${high}`,
  scoreWith: (score: string, interval: string) => `${score} (${interval})`,
  noInterval: "no interval: too few recordings",
  onTest: (samples: number) => `On ${samples} test samples that were not used for training.`,
  fewTest: (samples: number) =>
    `The test split has only ${samples} samples, so its accuracy is uncertain. Cross-validation of the quick model uses all samples:`,
  relabelled: (changed: number, all: number) =>
    `You changed ${changed} of ${all} labels after you saw the prediction. If the old labels were right, this accuracy is too high.`,
  withOldLabels: (value: string, interval: string) => `With the old labels: ${value} (${interval}).`,
  fewGroups: "There are too few recordings for an interval.",
  none: "There is no score yet. Add at least five samples to each of two classes, or train.",
  untested: "The run used all samples for training. None is left for a test.",
  verdict: {
    positive: "Transfer helped",
    neutral: "Transfer made no relevant difference",
    negative: "Transfer hurt",
    inconclusive: "It is not clear yet whether transfer helped",
  },
  versus: {
    positive: "Better than the best other model",
    neutral: "No relevant difference from the best other model",
    negative: "Worse than the best other model",
    inconclusive: "It is not clear yet whether it is better than the best other model",
  },
  ofBoth: (own: string, other: string) => `${own} for this model, ${other} for the other one.`,
  verdictEnd: ".",
  points: (gain: number) => `${gain < 0 ? "−" : "+"}${Math.abs(100 * gain).toFixed(0)} points`,
  fromScratch: (transfer: string, scratch: string) =>
    `${transfer} with the base model, ${scratch} without it.`,
  confusion: "Confusion matrix",
  confusionHelp: "Rows are the true classes, columns the predicted ones. Press a cell to see its samples.",
  trueClass: "True class",
  cell: (count: number, truth: string, predicted: string) => `${count} × ${truth} predicted as ${predicted}`,
  pairs: "Classes that are confused most often",
  worst: "Worst predictions first",
  noneWrong: "No prediction is wrong.",
  unlisted: "The run kept no list of these predictions.",
  predicted: (label: string, score?: number) =>
    score === undefined ? `predicted: ${label}` : `predicted: ${label}, ${percent(score)}`,
  truth: (label: string) => `true class: ${label}`,
  relabel: (label: string) => `Change to ${label}`,
  moved: (label: string) =>
    `Moved to ${label}. The quick model learns it at once. A run learns it when you train again.`,
  more: (count: number) => `Show ${count} more`,
  report: "Full report",
  closeList: "Close the list",
};
