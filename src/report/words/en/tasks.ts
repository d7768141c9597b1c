/** English sentences of the page of several tasks on one body. */
import type { Verdict } from "../../../core/events/events.js";
import { count } from "../../charts/numbers.js";

export const tasksEn = {
  kind: (n: number): string => `${count(n, "task")} on one body`,
  weighting: (kind: string): string => `weighting ${kind}`,
  footer: "Intervals are Wilson's, over the test pictures of one run.",
  each: "Each task on its test part",
  scores: "Scores of the tasks",
  task: "task",
  classes: "classes",
  train: "train",
  test: "test",
  accuracy: "accuracy",
  interval: "95 % interval",
  alone: "alone",
  gain: "gain",
  frequent: "most frequent class",
  macroF1: "macro F1",
  weight: "weight",
  mean: (accuracy: string): string => `Mean accuracy ${accuracy}.`,
  learnt: "Weights were learnt.",
  /** The verdict's own words are English; other languages say it from its numbers. */
  verdictWords: (v: Verdict): string => v.words,
  epochs: "Epochs",
  best: (epoch: string, kept?: "last"): string =>
    kept ? "the last is kept" : `best by validation: ${epoch}`,
  trained: "Trained",
  ofParameters: (n: string): string => `of ${n} parameters`,
  again: "Do it again",
};
