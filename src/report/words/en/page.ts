/** English sentences of the report of a run: result, baselines, confusion matrix, worst samples, leaks. */

import type { LeakedPair } from "../../../core/events/events.js";
import type { SafeChoice } from "../../../core/events/run-outcome.js";
import type { endOf } from "../../../core/results/baseline.js";
import type { ModelMethod } from "../../../core/results/common-result.js";
import type { OtherTestResult } from "../../../core/results/other-test-set.js";
import { html, type Markup } from "../../html.js";

const methodEn = ({ name, untrained }: ModelMethod): string =>
  untrained ? `${name}, weights before its first epoch` : name;

export const pageEn = {
  /** What the parts of the data decided. @param epochs whether validation chose the epoch */
  chose: (items: string, epochs: boolean): string =>
    `${epochs ? `Validation ${items} chose the epoch; test` : "Test"} ${items} chose nothing.`,
  contains: (n: number, items: string): string =>
    n === 0 ? `This file contains none of your ${items}.` : `This file contains ${n} of your ${items}.`,
  to: (low: string, high: string): string => `${low} to ${high}`,
  /** Between two sentences. */
  gap: " ",
  colon: ": ",
  inBrackets: (value: string, range: string): string => `${value} (${range})`,
  stop: ".",
  listed: ", ",
  nothing: "none",
  comma: ", ",

  // Result.
  result: "Result",
  onTest: (metric: string | Markup): Markup => html`${metric} on the test split`,
  accuracy: "Accuracy",
  interval: "95 % confidence interval",
  groups: (testItems: string, groups: number, worth: number | undefined, needed?: number): string => {
    const of = `The ${testItems} are of ${groups} ${groups === 1 ? "group" : "groups"}`;
    if (needed !== undefined) return `${of}; an interval needs ${needed}.`;
    if (worth === undefined) return `${of}.`;
    return `${of}. Samples of one group resemble each other: they count as about ${worth}.`;
  },
  right: (right: string, of: string): string => `${right} of ${of} right.`,
  firstScoring: (items: string): string => `These test ${items} had not been scored before.`,
  scoredBefore: (items: string, times: string): string =>
    `These test ${items} had been scored ${times} before. Choosing the best of several runs by them makes the result look better than it is.`,
  times: (n: number): string => `${n}\u00a0${n === 1 ? "time" : "times"}`,
  baselines: "baselines",
  besideBaselines: (baselines: Markup): Markup => html`Test score and ${baselines}, with 95 % intervals`,
  methodsTable: "Baselines: all scores, and how they were trained",
  method: "method",
  ci95: "95 % interval",
  training: "training",
  thisModel: (method: ModelMethod): string => `${methodEn(method)} (this model)`,
  methodName: methodEn,
  views: (n: number): string => `this model, ${n} augmented views averaged`,
  spectrogram: "spectrogram: time from left to right, low frequencies at the bottom",
  time: "Time",
  peakMemory: "Peak memory",
  forecastSmall: (value: string): string => `forecast ${value}`,

  // How it was decided.
  decided: "How this was decided",
  seeds: (n: number): string => (n === 1 ? "one seed" : `${n} seeds`),
  margin: (margin: Markup): Markup => html`differences below ${margin} count as none.`,
  scratchRecipe: (recipe: Markup): Markup => html`From scratch: ${recipe}`,
  scratchEnded: (steps: string, time: string, ended: ReturnType<typeof endOf>): string =>
    `. ${steps} steps in ${time}, ${{ "stopped improving": "until validation stopped improving", budget: "still improving at the last step", diverged: "until it diverged", "not learnt": "not yet clearly better than guessing at the last step" }[ended]}.`,
  scratchEarly: (steps: string, score: string): string =>
    ` After ${steps} steps, as many as the run: validation ${score}.`,
  scratchRates: (rates: readonly string[], best: boolean): string =>
    ` Learning rates tried${best ? ", the best by validation loss was chosen" : "; none was better than guessing, so the default was chosen"}: ${rates.join(", ")}.`,
  ofTheTwo: ({ words }: SafeChoice): string => words,
  withoutRecipe: (recipe: Markup): Markup => html`Without the teacher: ${recipe}`,
  warnings: "Warnings",
  warningCount: (n: number): string => `${n}\u00a0${n === 1 ? "warning" : "warnings"}`,

  // Another set of the same classes.
  elsewhere: (accuracy: string, range: string, of: string): string =>
    `: accuracy ${accuracy}, 95 % confidence interval ${range}, on ${of} that took no part in training or choosing`,
  elsewhereLeftOut: (of: string): string => `; ${of} of the run's own data left out`,
  elsewhereDrop: ({ words }: OtherTestResult["drop"]): string => `${words}.`,
  elsewhereWeakest: "Classes with the lowest recall there",

  // Confusion matrix and scores by class.
  matrix: "Confusion matrix",
  matrixAxis: "true ↓ · predicted →",
  all: "total",
  matrixNote: (matrix: Markup): Markup =>
    html`${matrix}: rows are true classes, columns predicted classes. Darker cells hold a larger share of their row.`,
  matrixLeft: (shown: number, left: number): string =>
    `The ${shown} classes with the most errors; ${left} others are left out.`,
  order: "Order:",
  orders: { data: "as in the data", name: "by name", confusion: "by confusion" },
  byClassLabel: "Scores by class",
  moreRows: (n: number): string => `${n} more`,
  class: "class",
  precision: "precision",
  recall: "recall",

  // Worst samples, leaks.
  pictureOf: (label: string): string => `A test picture of class ${label}`,
  noPreview: "no preview",
  predicted: "predicted",
  labelled: "labelled",
  leakIntro: (n: string): string =>
    `${n}\u00a0${n === "1" ? "pair" : "pairs"} of similar samples in two splits. A model that memorises one sample of a pair scores too well on the other.`,
  pictureIn: (part: string): string => `A picture of the ${part} split`,
  part: (part: string): string => part,
  leak: {
    exact: "the same file",
    near: "nearly the same",
    group: "the same group",
    features: "nearly the same features",
  } satisfies Record<LeakedPair["kind"], string>,
  leakLeftOut: ": the first was left out",
  skippedIntro: (n: number): string =>
    `${n}\u00a0${n === 1 ? "sample" : "samples"} could not be used and took no part in training or testing.`,
  item: "sample",
  reason: "reason",
  andMore: (n: string): string => `and ${n} more, in`,
};
