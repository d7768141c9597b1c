import { logProbability } from "../linalg/softmax.js";

/** The explained value of one sample's logits: a class, by its log probability, or any number. */
export type Explained = number | ((scores: Float32Array) => number);

/** Returns the explained number. */
export const explainedValue = (scores: Float32Array, explained: Explained): number =>
  typeof explained === "number" ? logProbability(scores, explained) : explained(scores);
