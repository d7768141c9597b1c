/** Graphs to graphs that mean the same. */
export { removeDeadCode } from "./dead-code.js";
export { type Evaluate, foldConstants } from "./fold-constants.js";
