import type { Builder } from "../../builder.js";
import type { Value } from "../../node.js";

/** Returns 0, 1, … up to the size of an axis of x, exclusive. */
export function positions(g: Builder, x: Value, axis: number): Value {
  const size = g.squeeze(g.node("Shape", [x], { start: axis, end: axis + 1 }), [0]);
  return g.node("Range", [g.number(0, "int64"), size, g.number(1, "int64")], {});
}
