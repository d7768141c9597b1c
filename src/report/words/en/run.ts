/** English sentences that the pages of all single runs share that do not learn classes of pictures or texts. */

import type { Verdict } from "../../../core/events/events.js";
import type { ComparedMetric } from "../../../core/results/comparison.js";
import { count } from "../../charts/numbers.js";

export const runEn = {
  onTest: (figure: string): string => `${figure} on the test part`,
  looked: (items: string, n: number): string =>
    `These test ${items} had been scored ${count(n, "time")} before: the best of several such results looks better than it is.`,
  verdict: (transfer: Verdict["transfer"]): string => `Transfer: ${transfer}`,
  /** Heading of a verdict on a network that is not pretrained. */
  verdictAgainst: (verdict: Verdict["transfer"], baseline: string): string =>
    ({
      positive: `The network is better than ${baseline}`,
      neutral: `No difference that matters between the network and ${baseline}`,
      negative: `The network is worse than ${baseline}`,
      inconclusive: `Too little evidence to tell the network from ${baseline}`,
    })[verdict],
  /** The verdict's own words are English; other languages say it from its numbers. */
  verdictWords: (v: Verdict, _metric: ComparedMetric): string => v.words,
  trainsWords: (some: string, all: string, epochs: number, best: string, kept?: "last"): string =>
    `${some} of ${all} parameters, ${count(epochs, "epoch")}, ${kept ? "the last is kept" : `the best is number ${best}`}`,
  timeWords: (total: string, forecast: string): string => `${total}, forecast ${forecast}`,
  epochsTable: (n: number): string => `${count(n, "epoch")} as a table`,
  r2OrAccuracy: "R² or accuracy",
  data: "Data",
  parts: (train: string, validation: string, test: string, items: string): string =>
    `${train}${items && ` ${items}`} to train, ${validation} to validate, ${test} to test`,
  accuracy: "Accuracy",

  comparedWith: "Compared with",
  way: "way",
  interval: "95 % interval",
  how: "how",
  precision: "precision",
  recall: "recall",
  weakestFirst: "Weakest first.",
};
