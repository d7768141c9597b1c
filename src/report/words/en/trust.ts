import type { CalibrationChange } from "../../../core/results/trust.js";
import { changeWords } from "../../../core/results/trust-words.js";

/** English sentences of how far probabilities can be trusted, and of further scores. */
export const trustEn = {
  few: (items: string): string => `Too few test ${items} to say anything`,
  fewLabel: "Too few test items",
  fewWords: (n: string, range: string, items: string): string =>
    `${n}: the true accuracy may be anywhere from ${range}, and the scores by class, the calibration and the thresholds below are worth even less. About 100 test ${items} give an interval of ± 10 points.`,
  title: "How far to trust its probabilities",
  intro: (n: string, few: boolean): string =>
    `All of it was fitted on the ${n}${few ? ", which are few: thresholds of another validation part may differ by much" : ""}, and measured on the test part. Validation also chose the epoch, so new items may do a little worse than stated.`,
  calibration: "Calibration",
  temperature: (value: string, sure: boolean): string =>
    `Scores divided by a temperature of ${value} lose least on validation: the model was ${sure ? "too sure" : "not sure enough"}.`,
  writtenIn: "The model divides them itself.",
  notWritten: (option: string): readonly [string, string, string] => [
    "The model gives them as they were trained; ",
    option,
    " of train or export writes it in.",
  ],
  setsTitle: (share: string): string => `Sets that hold the true class ${share} of the time`,
  doubtful: (items: string): string => `Leaving doubtful ${items} to somebody else`,
  setsRange: (share: string, n: string, range: string): string =>
    `The sets are made to hold the right class ${share} of the time. With only the ${n} to set them by, the true share can be anything from ${range}.`,
  noThreshold: (share: string): string => `No threshold can promise that ${share} of the answers are right.`,
  tooFewSure: (n: number, needed: number, items: string): string =>
    ` There are ${n} validation ${items}, and ${needed} sure ones are needed.`,
  surestWrong: (errors: number, n: number, items: string): string =>
    ` Of the ${n} surest validation ${items}, ${errors} ${errors === 1 ? "is" : "are"} wrong.`,
  threshold: (at: string, share: string): string =>
    `Above a confidence of ${at} at least ${share} of new answers should be right; with another validation part this fails in at most 5 of 100 cases.`,
  answered: (share: string, items: string): string => `With it ${share} of the test ${items} are answered`,
  answeredRight: (share: string, range: string): string =>
    `, and ${share} of the answers are right (95 % interval ${range})`,
  unsure: '; the others are "unsure".',
  unusual: (share: string, items: string, range: string, expected: string): string =>
    `${share} of the test ${items} (95 % interval ${range}) have scores unlike those of the validation ${items}, by their energy; ${expected} are expected of ${items} of the same kind.`,
  distant: (items: string, share: string, range: string): string =>
    ` By their distance to the nearest training ${items}, in the base's features, it is ${share} (${range}).`,
  reliability: "Reliability",
  reliabilityNote: "share that is right, by stated confidence; on the diagonal is best",
  confidence: "confidence",
  asTrained: "as trained",
  divided: "divided by the temperature",
  dividedBy: (value: string): string => `divided by ${value}`,
  asStated: "as stated",
  risk: "Accuracy of what is answered",
  riskNote: "by the share that is answered, the surest first",
  answeredAxis: "answered",
  test: "test",
  asked: "asked",
  calibrationNote:
    "In bold what the model gives. A calibrated model shows some error on finitely many items too: that is the third column.",
  change: (change: CalibrationChange): string => {
    const words = changeWords(change);
    return `${words[0]!.toUpperCase()}${words.slice(1)}.`;
  },
  scores: "scores",
  error: "calibration error",
  interval: "95 % interval",
  ifCalibrated: "if calibrated",
  loss: "loss",
  brier: "Brier",
  setsLabel: "Prediction sets",
  sets: "sets",
  holdTrue: "hold the true class",
  classes: "classes",
  oneClass: "one class",
  tooSmall: "validation is too small for it: every class is in every set",
  lac: "lac: the smallest on average",
  aps: "aps: larger for harder items",

  allScores: "All scores",
  kindsOfMean: "Scores by kind of mean",
  meanOver: "mean over the classes",
  macro: "macro",
  micro: "micro",
  weighted: "weighted",
  kinds: {
    precision: "precision",
    recall: "recall",
    f1: "F1",
    auroc: "AUROC, one against the rest",
    ap: "average precision",
  },
  balanced: "balanced accuracy",
  topK: (k: number): string => `among the ${k} most probable`,
  topKWords: (share: string, range: string): string => `${share} (95 % interval ${range})`,
  kappa: "Cohen's kappa",
  mcc: "Matthews' correlation",
  brierScore: "Brier score",
  absent: "Not in the test part, and left out of means: ",
};
