import type { Graph } from "../../graph/graph.js";

/** Returns the number of float32 weights of a model. */
export function countParameters({ initializers }: Graph): number {
  let count = 0;
  for (const { data, dtype } of initializers.values()) if (dtype === "float32") count += data.length;
  return count;
}
