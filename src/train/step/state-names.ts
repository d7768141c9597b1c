import type { Value } from "../../graph/node.js";
import type { Batch } from "../objectives/objective.js";

/** Names of the fed data of a source: `train.x`, `train.labels`, `train.weights`. */
export function feedNames(source: string): Batch {
  return { x: `${source}.x`, labels: `${source}.labels`, weights: `${source}.weights` };
}

/** Name of an optimiser's memory in the state. */
export function slotName(value: Value, slot: string): Value {
  return `${value}#${slot}`;
}

/**
 * Name of a weight's running average in the state: a ← d a + (1 - d) w after each step t = 1, 2, …, with
 * d = min(decay, (1 + t) / (10 + t)), so that the start is soon forgotten.
 * @see Polyak & Juditsky, 1992; tf.train.ExponentialMovingAverage (the ramp is its `num_updates`)
 */
export function averageName(value: Value): Value {
  return `${value}#average`;
}

/** Name of a weight's gradient in the state, summed over the batches of an update under way. */
export function gradientName(value: Value): Value {
  return `${value}#gradient`;
}

/** Name of what those batches count for together, see `Objective`. */
export const massName = "engraft#mass";

/**
 * A scalar weight 0 of this name in a model becomes the number of the step while it trains: what is drawn anew in each
 * step (dropout) is computed from it, and is off where nothing trains.
 */
export const stepNumber: Value = "engraft/step";
