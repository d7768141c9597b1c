/** English sentences of the report of several tasks on one backbone. */
import { count } from "../../charts/numbers.js";
import { html, type Markup } from "../../html.js";

export const tasksEn = {
  kind: (n: number): string => `${count(n, "task")} on one backbone`,
  weighting: (kind: string): string => `weighting ${kind}`,
  footer: "The confidence intervals are Wilson's at 95 %, over the test pictures of one run.",
  matrixOf: (task: Markup): Markup => html`Confusion matrix: ${task}`,
  each: "Test score of each task",
  scores: "Scores of the tasks",
  task: "task",
  classes: "classes",
  train: "train",
  test: "test",
  accuracy: "accuracy",
  interval: "95 % interval",
  alone: "alone (own network)",
  gain: "gain",
  frequent: "most frequent class",
  macroF1: "macro F1",
  weight: "weight",
  mean: (accuracy: string): string => `Mean accuracy ${accuracy}.`,
  learnt: "The weights were learnt in training.",
  epochs: "Epochs",
  best: (epoch: string, kept?: "last"): string =>
    kept ? "the last one is kept" : `best on validation: epoch ${epoch}`,
  trained: "Trainable",
  ofParameters: (n: string): string => `of ${n} parameters`,
};
