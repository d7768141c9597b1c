/** English sentences of the page of a comparison of strategies. */
import type { ComparedMetric, ComparisonResult, Difference } from "../../../core/results/comparison.js";
import { count, decimal } from "../../charts/numbers.js";

/** What a result says in its own, English words; other languages say it from its numbers. */
export interface ComparisonTold {
  readonly winner: (result: ComparisonResult) => string;
  readonly notes: (result: ComparisonResult) => readonly string[];
  readonly difference: (one: Difference, label: string, metric: ComparedMetric) => string;
}

export const comparisonEn = {
  kind: "strategies compared",
  footer:
    "The winner was chosen by validation; every test part was scored once a run and chose nothing. Differences are paired by seed and test item, and their p is corrected (Holm) for all comparisons of the table.",
  strategies: (n: number): string => count(n, "strategy", "strategies"),
  seeds: (n: number): string => count(n, "seed"),
  numbers: (n: number): string => count(n, "number"),
  parts: (train: string, validation: string, test: string): string =>
    `${train} to train, ${validation} to choose by, ${test} to test`,
  measures: { accuracy: "accuracy", f1: "F1", r2: "R²" } satisfies Record<ComparedMetric, string>,
  told: {
    winner: ({ winner }) => winner?.words ?? "",
    notes: ({ notes }) => notes,
    difference: ({ words }) => words,
  } as ComparisonTold,

  onTest: (measure: string): string => `${capital(measure)} on the test part`,
  onTestNote: (measure: string): string =>
    `Large dots: means over the seeds; lines: their 95 % intervals (over seeds and test items); small dots: each seed. In the order of the validation ${measure}.`,
  onTestAlt: (measure: string): string =>
    `Test ${measure} of each strategy with its interval; the same numbers are in the table below`,
  againstTime: (measure: string): string => `${capital(measure)} against time`,
  againstTimeNote:
    "Seconds of a training without the features of the frozen body, which all strategies share; logarithmic.",
  againstTimeAlt: (measure: string): string =>
    `Test ${measure} of each strategy over the time of a training; the same numbers are in the table`,

  winner: "Winner",
  wins: (label: string): string => `${label} wins by validation`,
  testScore: (measure: string, score: string): string => `Test ${measure} ${score}`,
  overSeeds: (range: string): string => `, 95 % interval of the way of training ${range}`,
  bestSeed: (seed: number): string => `. Of its seeds, ${seed} is the best by validation: `,
  notes: "Notes",
  notesTitle: "What these numbers do not say",
  findings: {
    better: "better",
    worse: "worse",
    same: "no difference",
    undecided: "not shown",
  } satisfies Record<Difference["finding"], string>,
  /** Holm's p; 1.000 would say nothing. */
  p: (p: number | null): string =>
    p === null || p >= 0.05
      ? "not shown"
      : `p ${p < 0.001 ? "below 0.001" : decimal(p)} after Holm's correction`,

  table: "The table",
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
  trained: "trained numbers",
  seedsColumn: "seeds",

  recipes: "What each did",
  failures: "What failed",
  failed: (seed: number, kind: string): string => `, seed ${seed}: ${kind}: `,
  everyRun: "Every training",
  seed: "seed",
  macroF1: "macro F1",
  loss: "loss",
  epochs: "epochs",
  best: "best",
  features: "features",
};

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
