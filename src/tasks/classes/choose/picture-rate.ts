import type { Graph } from "../../../graph/graph.js";
import { parametersOf } from "../../../graph/surgery/index.js";
import { usual } from "../../../methods/recipe.js";

/** Weights of a ResNet-34 without its head: fastai's recipe was found on such networks. */
export const recipeWeights = 21.3e6;
/** Largest factor of the rate, for the smallest networks. Higher rates destroy features of similar data. */
const mostTimes = 4;

/** Highest rate for a base of images, and the numbers it is computed from. */
export interface PictureRate {
  readonly rate: number;
  /** Millions of the body's weights. */
  readonly millions: number;
}

/**
 * Returns η = 1e-3 · min(4, √(21.3e6 / weights)), at least 1e-3: the learning rate of the head on a small network, by the
 * rule for texts (docs/decisions/0013). The later half of the body gets a tenth of it.
 * @param graph body without a head
 */
export function pictureRate(graph: Graph): PictureRate {
  let weights = 0;
  for (const { kind, size } of parametersOf(graph)) if (kind !== "statistic") weights += size;
  const times = Math.min(mostTimes, Math.max(1, Math.sqrt(recipeWeights / Math.max(1, weights))));
  return { rate: Number((usual.rate * times).toPrecision(2)), millions: weights / 1e6 };
}
