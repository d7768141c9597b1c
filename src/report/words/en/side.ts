/** English sentences of the page that sets several runs side by side. */
import type { RunsReport, SideDifference } from "../../../core/results/side-by-side.js";
import { type SideNote, sideNotesEn } from "./side-notes.js";

export const sideEn = {
  report: "Engraft report",
  kind: "runs side by side",
  facts: (runs: number, task: string): string => `${runs} runs · ${task}`,
  footer:
    "Intervals of scores are those of each run's own report. Differences are paired item by item on the very same test items, and their p is corrected (Holm) for the number of runs held against the same one. The best was chosen by validation; test parts chose nothing.",
  metric: { accuracy: "accuracy", r2: "R²", f1: "F1" } satisfies Record<RunsReport["metric"], string>,
  notes: "What these numbers do not say",
  note: (note: SideNote): string => sideNotesEn(note),
  /** A difference's own words are English; other languages say it from its numbers. */
  differenceWords: (one: SideDifference, _label: string, _of: RunsReport): string => one.words,
  /** Why there is no difference; undefined: only the record says it. */
  reason: (why: string): string | undefined => why,
  scores: (metric: string): string => `Test ${metric}`,
  scoresNote: "Dots: the test score of each run; lines: its 95 % interval.",
  chartAlt: (metric: string): string =>
    `Test ${metric} of each run with its interval; the same numbers are in the table`,
  table: "The table",
  run: "run",
  test: (metric: string): string => `test ${metric}`,
  validation: "validation",
  to: (label: string): string => `to ${label}`,
  time: "time",
  memory: "peak memory",
  file: "model file",
  adapter: "adapter",
  trained: "trained numbers",
  epochs: "epochs",
  best: "best by validation",
  bestMark: "★ the best by validation, on the same data and split.",
  itself: "the others are held against it",
  notPaired: "n/a",
  whyNot: (label: string): string => `Why some are not held against ${label}`,
  findings: { better: "better", worse: "worse", same: "no difference", undecided: "chance" } satisfies Record<
    SideDifference["finding"],
    string
  >,
  differences: "The differences in words",
  state: { done: "done", running: "goes on", stopped: "stopped" },
  overSeeds: (seeds: number, mean: string): string => `${mean} on average over ${seeds} seeds`,
  curves: "Curves",
  curvesNote: "By epoch, each run's own training; a run without epochs (a probe) has no line.",
  validationLoss: "Validation loss",
  trainLoss: "Training loss",
  validationScore: (metric: string): string => `Validation ${metric}`,
  what: "What each was",
  data: "data",
  parts: (train: string, validation: string, test: string): string =>
    `${train} to train, ${validation} to choose by, ${test} to test`,
  base: "base",
  strategy: "strategy",
  seed: "seed",
  machine: "machine",
  verdict: "verdict on the transfer",
  command: "command",
  folder: "run folder",
  differing: "Options that differ",
  same: "All options, versions and threads are the same; base, strategy, seed and data are in the section above.",
  option: "option",
  unset: "not given",
};
