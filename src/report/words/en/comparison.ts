/** English sentences of the report of a comparison of strategies. */
import type { ComparisonResult, Difference } from "../../../core/results/comparison.js";
import type { ScoreName } from "../../../core/results/metric.js";
import { count, decimal } from "../../charts/numbers.js";

/** Sentences of a result. Its English text is part of the result; other languages write them from its numbers. */
export interface ComparisonSentences {
  readonly winner: (result: ComparisonResult) => string;
  readonly notes: (result: ComparisonResult) => readonly string[];
  readonly difference: (one: Difference, label: string, metric: ScoreName) => string;
}

export const comparisonEn = {
  kind: "comparison of strategies",
  footer:
    "The winner was chosen by validation; the test split was scored once in each run and chose nothing. Differences are paired by seed and test sample; p is corrected (Holm) for all comparisons of the table.",
  strategies: (n: number): string => count(n, "strategy", "strategies"),
  seeds: (n: number): string => count(n, "seed"),
  numbers: (n: number): string => count(n, "target"),
  parts: (train: string, validation: string, test: string): string =>
    `${train} to train, ${validation} to validate, ${test} to test`,
  sentences: {
    winner: ({ winner }) => winner?.words ?? "",
    notes: ({ notes }) => notes,
    difference: ({ words }) => words,
  } as ComparisonSentences,

  /** @param title name of the metric at the start of a title */
  onTest: (title: string): string => `${title} on the test split`,
  onTestNote: (measure: string): string =>
    `Large dots: means over the seeds. Lines: their 95 % confidence intervals over seeds and test samples. Small dots: each seed. Ordered by validation ${measure}.`,
  onTestAlt: (measure: string): string =>
    `Test ${measure} of each strategy with its interval; the same numbers are in the table below`,
  againstTime: (title: string): string => `${title} against time`,
  againstTimeNote:
    "Seconds of one training, without the features of the frozen backbone that all strategies share. Logarithmic.",
  againstTimeAlt: (measure: string): string =>
    `Test ${measure} of each strategy over the time of a training; the same numbers are in the table`,

  winner: "Winner",
  wins: (label: string): string => `${label} wins by validation`,
  testScore: (measure: string, score: string): string => `Test ${measure} ${score}`,
  overSeeds: (range: string): string => `, 95 % confidence interval ${range} over seeds and test samples`,
  bestSeed: (seed: number): string => `. Of its seeds, ${seed} is the best by validation: `,
  notes: "Notes",
  notesTitle: "Limits of these numbers",
  findings: {
    better: "better",
    worse: "worse",
    same: "no difference",
    undecided: "not shown",
  } satisfies Record<Difference["finding"], string>,
  /** p after Holm's correction; only significant values are shown. */
  p: (p: number | null): string =>
    p === null || p >= 0.05
      ? "not shown"
      : `p ${p < 0.001 ? "below 0.001" : decimal(p)} after Holm's correction`,

  table: "Scores, time and memory",
  tableLabel: "Strategies",
  failedAll: "failed with every seed",
  adapter: "adapter",
  strategy: "strategy",
  validation: "validation",
  test: "test",
  testMeasure: (measure: string): string => `test ${measure}`,
  meanError: (target: string | undefined): string => `mean error of ${target ?? "it"}`,
  to: (label: string | undefined): string => `to ${label ?? "the winner"}`,
  time: "time",
  memory: "peak memory",
  file: "model file",
  trained: "trained parameters",
  seedsColumn: "seeds",

  recipes: "Settings of each strategy",
  failures: "Failed trainings",
  failed: (seed: number, kind: string): string => `, seed ${seed}: ${kind}: `,
  everyRun: "All trainings",
  seed: "seed",
  macroF1: "macro F1",
  loss: "loss",
  epochs: "epochs",
  best: "best",
  features: "features",
};
