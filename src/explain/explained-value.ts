import { logProbability } from "../linalg/softmax.js";

/** What is explained of one sample's logits: a class, by its log probability, or any number. */
export type Explained = number | ((scores: Float32Array) => number);

/** Returns the number that is explained. */
export const explainedValue = (scores: Float32Array, explained: Explained): number =>
  typeof explained === "number" ? logProbability(scores, explained) : explained(scores);
