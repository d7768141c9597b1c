import { readsOf } from "../../graph/graph.js";
import type { Node, Value } from "../../graph/node.js";

/** Returns the values from which some are computed, these included. */
export function ancestorsOf(producers: ReadonlyMap<Value, Node>, values: readonly Value[]): Set<Value> {
  const found = new Set<Value>();
  const stack = [...values];
  while (stack.length > 0) {
    const value = stack.pop()!;
    if (found.has(value)) continue;
    found.add(value);
    const node = producers.get(value);
    if (node) stack.push(...readsOf(node));
  }
  return found;
}
