import type { Value } from "../../graph/node.js";
import type { Batch } from "../objectives/objective.js";

/** Returns the names of a source's fed data: `train.x`, `train.labels`, `train.weights`. */
export function feedNames(source: string): Batch {
  return { x: `${source}.x`, labels: `${source}.labels`, weights: `${source}.weights` };
}

/** Returns the name of an optimiser slot in the state. */
export function slotName(value: Value, slot: string): Value {
  return `${value}#${slot}`;
}

/**
 * Returns the name of a weight's running average in the state: a ← d a + (1 - d) w after each step t = 1, 2, …, with
 * d = min(decay, (1 + t) / (10 + t)), so that the initial value fades quickly.
 * @see Polyak & Juditsky, 1992; tf.train.ExponentialMovingAverage (the ramp is its `num_updates`)
 */
export function averageName(value: Value): Value {
  return `${value}#average`;
}

/** Returns the name of a weight's accumulated gradient in the state. */
export function gradientName(value: Value): Value {
  return `${value}#gradient`;
}

/** Name of the accumulated weight of those batches, see `Objective`. */
export const massName = "engraft#mass";

/** Scalar output of a step that runs on a part of a batch: the part's weight among the others, see `Objective`. */
export const massScalar = "mass";

/**
 * A scalar weight 0 of this name becomes the number of the step during training. Values drawn anew in each step
 * (dropout) are computed from it, and are off in inference.
 */
export const stepNumber: Value = "engraft/step";

/**
 * A scalar weight 0 of this name becomes the number of the part during training, if batches are divided into parts. So values drawn
 * anew are those of the whole batch.
 */
export const partNumber: Value = "engraft/part";

/** The fed scalar of {@link partNumber}. */
export const partInput: Value = "part";
