import { percent } from "../percent.js";

/** What guessing does: "be right on 50 %", "have R² 0.00". */
const guessEn = (metric: string, value: string): string =>
  metric === "accuracy" ? `be right on ${value}` : `have ${metricsEn[metric] ?? metric} ${value}`;

const metricsEn: Readonly<Record<string, string>> = {
  ...{ accuracy: "accuracy", f1: "F1 score", r2: "R²", miou: "mean IoU" },
  ...{ map: "mean average precision", word_accuracy: "word accuracy" },
};

export const resultWords = {
  model: "Model",
  quick: "Quick model",
  metrics: metricsEn,
  interval: (low: string, high: string) => `95 % confidence interval ${low} to ${high}`,
  scoreWith: (score: string, interval: string) => `${score} (${interval})`,
  fewSamples: (n: number, about: number) => `Too few samples for a number: ${n} of about ${about}.`,
  fewRecordings: (n: number, about: number) => `Too few recordings for a number: ${n} of about ${about}.`,
  guessing: (metric: string, value: string) => `Guessing would ${guessEn(metric, value)}.`,
  betterThanGuessing: (metric: string, value: string) =>
    `Better than guessing, which would ${guessEn(metric, value)}.`,
  asGuessing: (metric: string, value: string) =>
    `No better than guessing, which would ${guessEn(metric, value)}.`,
  onTest: (samples: number) => `On ${samples} test samples that were not used for training.`,
  fewTest: (samples: number) =>
    `The test split has only ${samples} samples, so its accuracy is uncertain. Cross-validation of the quick model uses all samples:`,
  relabelled: (changed: number, all: number) =>
    `You changed ${changed} of ${all} labels after you saw the prediction. If the old labels were right, this accuracy is too high.`,
  /** @param said a sentence, or a score with its interval and a full stop */
  withOldLabels: (said: string) => `With the old labels: ${said}`,
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
