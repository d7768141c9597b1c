import { isFrontEnd } from "../../bases/audio/front-end-tables.js";
import type { Graph } from "../../graph/graph.js";

/** Returns the number of float32 weights of a model, without the tables of a front end. */
export function countParameters({ initializers }: Graph): number {
  let count = 0;
  for (const [name, { data, dtype }] of initializers)
    if (dtype === "float32" && !isFrontEnd(name)) count += data.length;
  return count;
}
