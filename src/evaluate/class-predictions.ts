import type { LinearHead } from "../bases/heads.js";
import type { ClassificationScores } from "../core/events/events.js";
import { piecesOf, type Rows } from "../core/results/rows.js";
import type { ClassSample } from "../data/dataset.js";
import { groupsOfItems } from "../data/split/groups.js";
import { multiply } from "../linalg/products.js";
import { argmax } from "../linalg/softmax.js";
import { type ScoreOptions, scoreClassification } from "./classification.js";

/** Logits of items, with their labels and names. */
export interface Predictions {
  /** float32[N, C] */
  readonly logits: Float32Array;
  readonly labels: Int32Array;
  readonly items: readonly string[];
  /** Group of each item; missing if each is its own. */
  readonly groups?: readonly string[];
}

/** Returns names, labels and groups of items. An item without a group is one by itself. */
export function factsOf(
  items: readonly Pick<ClassSample, "id" | "label" | "group" | "copyOf">[],
): Omit<Predictions, "logits"> {
  const groups = groupsOfItems(items);
  return {
    labels: Int32Array.from(items, ({ label }) => label),
    items: items.map(({ id }) => id),
    groups,
  };
}

export function scoresOf(
  classes: readonly string[],
  predictions: Predictions,
  options?: ScoreOptions,
): ClassificationScores {
  return scoreClassification({ classes, ...predictions }, options);
}

/** logits = features · weightᵀ + bias, computed in JavaScript: for a head on cached features. */
export function applyHead({ weight, bias }: LinearHead, features: Rows): Float32Array {
  const classes = bias.length;
  const { width } = features;
  const logits = new Float32Array(features.count * classes);
  const exact = Float64Array.from(weight);
  for (const { first, count, values } of piecesOf(features)) {
    const products = new Float64Array(count * classes);
    multiply(values, count, width, exact, classes, products);
    for (let i = 0; i < products.length; i++) logits[first * classes + i] = products[i]! + bias[i % classes]!;
  }
  return logits;
}

/** Returns the class with the highest score of each item, the first of equals. */
export const predictedClasses = (logits: Float32Array, classes: number): number[] =>
  Array.from({ length: logits.length / classes }, (_, i) => argmax(logits, i * classes, classes));

/** Returns whether each item was predicted correctly. The highest logit wins, the first of equals. */
export function correctOf({ logits, labels }: Predictions, classes: number): boolean[] {
  return predictedClasses(logits, classes).map((predicted, i) => predicted === labels[i]);
}

/** Returns the share of correctly predicted items; NaN for none. */
export function accuracyOf(predictions: Predictions, classes: number): number {
  const right = correctOf(predictions, classes);
  return right.filter(Boolean).length / right.length;
}
