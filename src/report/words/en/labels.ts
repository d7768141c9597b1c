/** English sentences of the page of a run that learns which of several labels items have. */
import { count } from "../../charts/numbers.js";

export const labelsEn = {
  kind: "multi-label classification",
  footer: (items: string, seeds: string): string =>
    `Intervals: over the test ${items}, or their groups, by the share of each in the score; Wilson's for shares; ${seeds}.`,
  figure: "Micro F1 of labels",
  more: (macro: string, range: string, share: string, of: string, shares: string): string =>
    `Macro F1 ${macro} (${range}); all labels right for ${share} of ${of} (${shares}).`,
  ways: {
    probe: "probe: head only",
    frequent: "always the most frequent labels",
    tf_idf: "TF-IDF, no network",
    pixels: "pixels, no network",
    scratch: "from scratch",
  } as Readonly<Record<string, string>>,
  microF1: "micro F1",
  macroF1: "macro F1",
  allRight: "all labels right",
  wrongDecisions: "wrong decisions",
  meanAveragePrecision: "mean average precision",

  byLabel: "By label",
  byLabelNote:
    "Weakest first. A label is said from its threshold on; average precision and AUROC look at the probabilities alone.",
  label: "label",
  haveIt: "have it",
  said: "said",
  right: "right",
  averagePrecision: "average precision",
  threshold: "threshold",
  none: "none",
  worst: (items: string): string => `Worst ${items}`,
  everyRight: "Every label was right.",
  missed: "missed",
  saidWrongly: "said wrongly",

  labels: "Labels",
  thresholds: "Thresholds",
  byValidation: "for each label the one with the highest F1 on the validation part",
  fixed: (value: number | undefined): string => `${value} for each label`,
  noLabel: "No label",
  noLabelWords: (n: number, kind: string, predicted: string): string =>
    `${count(n, kind)} of the test part ${n === 1 ? "has" : "have"} none, of ${predicted} none was said`,
};
