import type { Value } from "./node.js";

// Names by which a training graph and the session that runs it find each other.

/** The int64[] input that gives the number of steps of a run. */
export const stepsInput: Value = "steps";

/**
 * An empty sequence, the first output of a graph that writes its other outputs into given memory. onnxruntime-node
 * converts outputs to JavaScript values in order, and stops at a sequence.
 */
export const stopOutput: Value = "engraft/stop";

/** Returns the name of the output that holds a state after the last step. */
export function stateOutput(input: Value): Value {
  return `${input}.next`;
}

/**
 * Returns the name of a state's output that may be written over the state: the step reads the state for the last
 * time before it writes this output. A step with this output has nodes called {@link guardName}.
 */
export function overOutput(input: Value): Value {
  return `${input}.over`;
}

/** Name of the node that ends a step whose scalars are not finite, before the state is overwritten. */
export const guardName: Value = "engraft/finite";
