import type { Value } from "./node.js";

// The names by which a training graph and the session that runs it find each other.

/** The int64[] input that says how many steps a run makes. */
export const stepsInput: Value = "steps";

/**
 * An empty sequence, the first output of a graph that writes its other outputs into memory that it is given: JavaScript
 * values are made of outputs in their order, and onnxruntime-node makes none of a sequence, nor of what comes after.
 */
export const stopOutput: Value = "engraft/stop";

/** The output that holds a state after the last step. */
export function stateOutput(input: Value): Value {
  return `${input}.next`;
}

/**
 * The same, of a step that reads the state for the last time before it writes this one: it may be written over the state.
 * Such a step has nodes called {@link guardName}.
 */
export function overOutput(input: Value): Value {
  return `${input}.over`;
}

/** The node that ends a step whose scalars are not finite, before anything is written over the state. */
export const guardName: Value = "engraft/finite";
