/** English sentences of the page of a run on classes: result, matrix, worst items, leakage, what was done. */

import type { LeakedPair, Verdict, VerdictKind } from "../../../core/events/events.js";
import type { SafeChoice } from "../../../core/events/run-outcome.js";
import type { endOf } from "../../../core/results/baseline.js";
import type { OtherTestResult } from "../../../core/results/other-test-set.js";
import { html, type Markup } from "../../html.js";

export const pageEn = {
  kind: (item: string): string => `Engraft report · ${item === "text" ? "text" : "image"} classification`,
  footer: (items: string): string =>
    `Intervals of accuracies are Wilson's at 95 %, over the test ${items} of one run: they do not hold the luck of the seed. Validation ${items} chose the epoch; test ${items} chose nothing.`,
  contains: (n: number, items: string): string =>
    n === 0 ? `This file contains none of your ${items}.` : `This file contains ${n} of your ${items}.`,
  to: (low: string, high: string): string => `${low} to ${high}`,
  colon: ": ",
  inBrackets: (value: string, range: string): string => `${value} (${range})`,
  stop: ".",
  comma: ", ",

  // Result.
  result: "Result",
  accuracyOnTest: "Accuracy on the test part",
  interval: (range: string): string => `95 % interval ${range}`,
  noInterval: "Too few groups for an interval",
  groups: (testItems: string, groups: number, effective: number | undefined): string =>
    effective === undefined
      ? `The ${testItems} are of ${groups} ${groups === 1 ? "group" : "groups"}; an interval needs 10.`
      : `The ${testItems} are of ${groups} groups, and those of one resemble each other: they count as about ${effective}.`,
  right: (right: string, of: string): string => `${right} of ${of} right.`,
  notLooked: (items: string): string => `These test ${items} had not been scored before.`,
  looked: (items: string, times: string): string =>
    `These test ${items} had been scored ${times} before: choosing between such results makes the best of them look better than it is.`,
  times: (n: number): string => `${n}\u00a0${n === 1 ? "time" : "times"}`,
  accuracyAndBaselines: "Accuracy with 95 % interval, beside the baselines",
  thisModel: (strategy: string): string => `${strategy} (this model)`,
  views: (n: number): string => `the same, ${n} views averaged`,
  probe: "probe: head only",
  scratch: "from scratch",
  pixels: "pixels alone (logistic regression)",
  tfIdf: "words alone (TF-IDF)",
  hybrid: "frozen features and words (TF-IDF)",
  withoutTeacher: "without the teacher",
  teacherItself: "the teacher itself",
  mostFrequent: "always the most frequent class",
  macroF1: "Macro F1",
  macroF1Small: "mean over the classes",
  loss: "Loss",
  lossSmall: (guess: string): string => `cross-entropy, nats; ${guess} is guessing`,
  calibrationError: "Calibration error",
  calibrationErrorSmall: "stated against true confidence",
  time: "Time",
  peakMemory: "Peak memory",
  forecastSmall: (value: string): string => `forecast ${value}`,

  // Verdict.
  verdictOn: { transfer: "Verdict on the transfer", teacher: "Verdict on the teacher" },
  transfer: {
    positive: "The transfer helped",
    neutral: "The transfer made no difference that matters",
    negative: "The transfer did harm",
    inconclusive: "Too little evidence to say whether the transfer helped",
  } satisfies Record<Verdict["transfer"], string>,
  teacher: {
    positive: "The teacher helped",
    neutral: "The teacher made no difference that matters",
    negative: "The teacher did harm",
    inconclusive: "Too little evidence to say whether the teacher helped",
  } satisfies Record<Verdict["transfer"], string>,
  /** The verdict's own words are English; other languages say it from its numbers. */
  verdictWords: (v: Verdict, _over: "transfer" | "teacher"): string => v.words,
  /** Headings that "helped", "hurt" and "undecided" do not fit. */
  verdictTitles: {
    "baseline better": "A method without a pretrained model is better",
    "baseline ahead": "A method without a pretrained model may be better",
    "scratch not learnt": "How much the transfer helped is not known",
    "scratch improving": "Better so far: training from scratch was still improving",
    "one training": "One training each: not decided yet",
  } as Partial<Record<VerdictKind, string>>,
  gainOver: { transfer: "the same network from scratch", teacher: "the same student without the teacher" },
  gain: (over: string, points: string, low: string, high: string, items: string): string =>
    `Gain over ${over}: ${points} points, 95 % interval ${low} to ${high} (paired on the test ${items})`,
  seeds: (n: number): string => (n === 1 ? "one seed" : `${n} seeds`),
  margin: (points: string): string => `differences under ${points} points count as none.`,
  scratchRecipe: (recipe: Markup): Markup => html`From scratch: ${recipe}`,
  scratchEnded: (steps: string, time: string, ended: ReturnType<typeof endOf>): string =>
    `. ${steps} steps in ${time}, ${{ "stopped improving": "until validation stopped improving", budget: "still improving when they were up", diverged: "until it diverged", "not learnt": "not yet clearly better than guessing when they were up" }[ended]}.`,
  scratchEarly: (steps: string, accuracy: string): string =>
    ` After ${steps} steps, as many as the run: validation accuracy ${accuracy}.`,
  scratchRates: (rates: readonly string[], best: boolean): string =>
    ` Learning rates tried${best ? ", the best by validation loss went on" : "; none was better than guessing yet, so the usual one went on"}: ${rates.join(", ")}.`,
  ofTheTwo: ({ words }: SafeChoice): string => words,
  withoutRecipe: (recipe: Markup): Markup => html`Without the teacher: ${recipe}`,
  warnings: "Warnings",
  warningCount: (n: number): string => `${n}\u00a0${n === 1 ? "warning" : "warnings"}`,

  // Another set of the same classes.
  elsewhereTitle: "On another set",
  elsewhere: (accuracy: string, range: string, of: string): string =>
    `: accuracy ${accuracy}, 95 % interval ${range}, of ${of} that nothing was learnt or chosen by`,
  elsewhereLeftOut: (of: string): string => `; ${of} left out that the run knew`,
  elsewhereDrop: ({ words }: OtherTestResult["drop"]): string => `${words}.`,
  elsewhereWeakest: "Classes found least there",
  found: "found",

  // Matrix and scores by class.
  matrixTitle: "What is taken for what",
  matrix: "Confusion matrix",
  matrixAxis: "true ↓ · said →",
  all: "all",
  matrixNote:
    "Rows are the true class, columns what the model said. Shading grows with the share of the row.",
  matrixLeft: (shown: number, left: number): string =>
    `The ${shown} classes with the most mistakes; ${left} others are left out.`,
  order: "Order:",
  orders: { data: "as in the data", name: "by name", confusion: "by confusion" },
  pairs: "Most confused pairs",
  noMistake: (item: string): string => `No test ${item} was mislabelled.`,
  trueClass: "true class",
  takenFor: "taken for",
  ofItsClass: "of its class",
  byClass: "By class",
  byClassLabel: "Scores by class",
  byClassNote:
    "Weakest first. Recall: how many of the class were found. Precision: how many given its name are it.",
  class: "class",
  precision: "precision",
  recall: "recall",

  // Worst items, leakage.
  worstTitle: "Worst examples",
  worstIntro: (items: string): string =>
    `The test ${items} that were answered wrongly, worst first. Look here for wrong labels and unusable ${items} before looking for a better model.`,
  leastSureTitle: "Least sure answers",
  leastSureIntro: (items: string): string =>
    `Every answer to the test ${items} is right. These were the least sure ones, the least sure first.`,
  calibratedShown:
    "The probabilities are calibrated: the scores are divided by the temperature that was fitted on the validation part.",
  pictureOf: (label: string): string => `A test picture of class ${label}`,
  noPreview: "no preview",
  said: "said",
  is: "is",
  leakTitle: "Leakage",
  leakIntro: (n: string): string =>
    `${n}\u00a0${n === "1" ? "pair" : "pairs"} of pictures on two sides of the split: what a model learns by heart from one counts as knowledge on the other.`,
  pictureIn: (part: string): string => `A picture of the ${part} part`,
  part: (part: string): string => part,
  leak: {
    exact: "the same file",
    near: "looks the same",
    group: "of one group",
    features: "hardly different to the base",
  } satisfies Record<LeakedPair["kind"], string>,
  leakLeftOut: ": the first was left out",
  skippedTitle: "Skipped items",
  skippedIntro: (n: number): string =>
    `${n}\u00a0${n === 1 ? "item" : "items"} could not be used and took no part in training or testing.`,
  item: "item",
  reason: "reason",
  andMore: (n: string): string => `and ${n} more, in`,
};
