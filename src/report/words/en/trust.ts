import type { CalibrationChange } from "../../../core/results/trust.js";
import { changeWords } from "../../../core/results/trust-words.js";
import { html, type Markup } from "../../html.js";

/** English sentences of calibration, prediction sets and abstention, and of further scores. */
export const trustEn = {
  few: (items: string): string => `Too few test ${items} for any conclusion`,
  fewLabel: "Too few test samples",
  fewWords: (n: string, range: string, items: string): string =>
    `${n}: the true accuracy may be anything from ${range}. Scores by class, calibration and thresholds are even less certain. About 100 test ${items} give an interval of ± 10 points.`,
  intro: (n: string, few: boolean): string =>
    `Calibration, prediction sets and thresholds were fitted on ${n} and measured on the test split.${few ? " With so few validation samples, another validation split can give other thresholds." : ""}`,
  calibration: "Calibration",
  temperatureName: "temperature",
  /** @param finding what the test split shows as well; undefined if it may be chance */
  temperature: (
    temperature: Markup,
    value: string,
    finding: "overconfident" | "underconfident" | undefined,
  ): Markup =>
    finding
      ? html`The model is ${finding}: dividing its logits by a ${temperature} of ${value} gives the lowest loss on validation.`
      : html`Dividing its logits by a ${temperature} of ${value} gives the lowest loss on validation.`,
  writtenIn: "The model divides them itself.",
  notWritten: (option: string): readonly [string, string, string] => [
    "The model does not do so; ",
    option,
    " (train, export) writes it into the model.",
  ],
  setsTitle: (sets: Markup, asked: string, measured: string): Markup =>
    html`${sets}: ${asked} asked, ${measured} of the test samples covered`,
  abstention: "Abstention",
  /** Samples that thresholds were fitted on, with their groups and the models of which they chose one. */
  fittedOn: (n: string, groups: number | undefined, chosenOf: number | undefined): string =>
    `${n}${groups === undefined ? "" : ` of ${groups} ${groups === 1 ? "group" : "groups"}`}${chosenOf === undefined ? "" : `, which also chose this model from ${chosenOf},`}`,
  setsRange: (share: string, fittedOn: string, range: string): string =>
    `The sets are made to hold the true class ${share} of the time. With only ${fittedOn} to fit them on, the true share can be anything from ${range}.`,
  setsFewGroups: (share: string, fittedOn: string): string =>
    `The sets are made to hold the true class ${share} of the time. They were fitted on ${fittedOn}: too few groups to tell the true share.`,
  fewGroups: (groups: number): string =>
    ` The validation samples are of ${groups} ${groups === 1 ? "group" : "groups"}: too few to tell for other groups.`,
  noThreshold: (share: string): string =>
    `No confidence threshold can promise that ${share} of the predictions are right.`,
  tooFewSure: (n: number, needed: number, items: string): string =>
    ` It takes ${needed} confident validation ${items}; there are ${n} validation ${items}.`,
  surestWrong: (errors: number, n: number, items: string): string =>
    ` Of the ${n} most confident validation ${items}, ${errors} ${errors === 1 ? "is" : "are"} wrong.`,
  threshold: (at: string, share: string): string =>
    `Above a confidence of ${at} at least ${share} of new predictions should be right; with another validation split this fails in at most 5 of 100 cases.`,
  answered: (share: string, items: string): string =>
    `With this threshold, the model predicts ${share} of the test ${items}`,
  answeredRight: (share: string, range: string): string =>
    `, and ${share} of these predictions are right (95 % confidence interval ${range})`,
  unsure: '; for the others it says "unsure".',
  unusualTitle: (items: string): string => `Unusual ${items}`,
  energy: "energy",
  unusual: (share: string, items: string, range: string, energy: Markup, expected: string): Markup =>
    html`By the ${energy} of their logits, ${share} of the test ${items} (95 % confidence interval ${range}) differ from the validation ${items}; ${expected} are expected of ${items} of the same kind.`,
  distant: (items: string, share: string, range: string): string =>
    ` By the distance to the nearest training ${items} in the base's features it is ${share} (${range}).`,
  reliability: "Reliability",
  reliabilityNote: "accuracy by confidence; on the diagonal is best",
  confidence: "confidence",
  asTrained: "as trained",
  divided: "divided by the temperature",
  dividedBy: (value: string): string => `divided by ${value}`,
  asStated: "perfect calibration",
  risk: "Accuracy with abstention",
  riskNote: "by the share that is predicted, the most confident first",
  answeredAxis: "predicted",
  test: "test",
  requested: "asked",
  calibrationNote:
    "Bold: what the model gives. Even a calibrated model shows some error on a finite number of samples: see the third column.",
  change: (change: CalibrationChange): string => {
    const words = changeWords(change);
    return `${words[0]!.toUpperCase()}${words.slice(1)}.`;
  },
  scores: "scores",
  error: "calibration error",
  interval: "95 % interval",
  ifCalibrated: "if calibrated",
  loss: "log loss",
  brier: "Brier",
  setsLabel: "Prediction sets",
  sets: "sets",
  holdTrue: "coverage of the true class",
  classes: "mean size",
  oneClass: "sets of one class",
  tooSmall: "validation is too small: every set holds every class",
  lac: "LAC: the smallest on average",
  aps: "APS: larger for harder samples",

  allScores: "All scores",
  kindsOfMean: "Scores by kind of average",
  meanOver: "average over the classes",
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
  topK: (k: number): string => `top-${k} accuracy`,
  topKWords: (share: string, range: string): string => `${share} (95 % confidence interval ${range})`,
  kappa: "Cohen's kappa",
  mcc: "Matthews' correlation",
  brierScore: "Brier score",
  absent: "Not in the test split, and left out of averages: ",
};
