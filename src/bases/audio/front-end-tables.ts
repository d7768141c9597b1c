import type { Value } from "../../graph/node.js";

/** Prefix of the names of a front end's tables. */
export const frontEndPrefix = "log-mel";

/** True for a table of a front end: no weight, and exact in 32 bits only. */
export const isFrontEnd = (name: Value): boolean => name.startsWith(`${frontEndPrefix}/const`);
