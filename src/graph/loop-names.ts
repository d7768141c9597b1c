import type { Value } from "./node.js";

// The names by which a training graph and the session that runs it find each other.

/** The int64[] input that says how many steps a run makes. */
export const stepsInput: Value = "steps";

/** The output that holds a state after the last step. */
export function stateOutput(input: Value): Value {
  return `${input}.next`;
}
