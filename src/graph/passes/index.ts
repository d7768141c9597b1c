/** Passes: each returns an equivalent graph. */
export { removeDeadCode } from "./dead-code.js";
export { type Evaluate, foldConstants } from "./fold-constants.js";
