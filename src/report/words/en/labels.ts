/** English sentences of the report of a multi-label classification. */
import { count } from "../../charts/numbers.js";

export const labelsEn = {
  kind: "multi-label classification",
  footer: (items: string, seeds: string): string =>
    `The 95 % confidence intervals are over the test ${items}, or their groups; those of shares are Wilson's; ${seeds}.`,
  figure: "Micro F1",
  more: (macro: string, range: string, share: string, of: string, shares: string): string =>
    `Macro F1 ${macro} (${range}). All labels are right for ${share} of ${of} (${shares}).`,
  ways: {
    probe: "linear probe: only the head is trained",
    frequent: "always the most frequent labels",
    tf_idf: "logistic regression on TF-IDF, no network",
    log_mel: "logistic regression on log-mel statistics, no pretrained network",
    pixels: "logistic regression on pixels, no network",
    scratch: "from scratch",
  } as Readonly<Record<string, string>>,
  microF1: "micro F1",
  macroF1: "macro F1",
  allRight: "all labels right",
  wrongDecisions: "wrong labels",
  meanAveragePrecision: "mean average precision",

  byLabel: "Scores by label",
  byLabelNote:
    "Weakest first. A label is predicted from its threshold on. Average precision and AUROC depend on the probabilities alone.",
  label: "label",
  haveIt: "true",
  predicted: "predicted",
  right: "correct",
  averagePrecision: "average precision",
  threshold: "threshold",
  none: "none",
  everyRight: "Every label is right.",
  missed: "missed",
  wronglyPredicted: "wrongly predicted",

  labels: "Labels",
  thresholds: "Thresholds",
  byValidation: "for each label the one with the highest F1 on the validation split",
  fixed: (value: number | undefined): string => `${value} for each label`,
  noLabel: "No label",
  noLabelWords: (n: number, kind: string, predicted: string): string =>
    `${count(n, kind)} of the test split ${n === 1 ? "has" : "have"} no label; the model predicts none for ${predicted}`,
};
