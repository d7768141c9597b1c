import { sizeOf } from "../../core/shape.js";
import { int64 } from "../../core/tensor.js";
import type { Builder } from "../../graph/builder.js";
import type { Value } from "../../graph/node.js";
import type { Selection } from "../../graph/ops.js";
import { type Rules, refuse, rule, zero } from "../rule.js";
import { zerosOf } from "./movement.js";
import { scatterGradient } from "./scatter-gradient.js";

/** Returns index tuples that include the batch axes: [b, i, j] for entry [i, j] of row b. */
function withBatch(g: Builder, indices: Value, batch: number): Value {
  if (batch === 0) return indices;
  const outer = g.dims(indices).slice(0, -1);
  const count = sizeOf(outer);
  const columns = Array.from({ length: batch }, (_, axis) => {
    const behind = sizeOf(outer.slice(axis + 1));
    const values = Array.from({ length: count }, (_, p) => Math.floor(p / behind) % outer[axis]!);
    return g.constant(int64([...outer, 1], values));
  });
  return g.concat([...columns, indices], -1);
}

export const selection: Rules<Selection> = {
  // y_i = x[index_i]    dx[index_i] += dy_i
  GatherND: rule(({ g, inputs: [x, indices], attributes: { batch_dims }, dy }) => {
    const where = withBatch(g, indices!, batch_dims);
    return [g.node("ScatterND", [zerosOf(g, dy, g.dims(x!)), where, dy], { reduction: "add" })];
  }),
  ScatterND: rule(({ g, inputs, output: y, attributes: { reduction }, dy, needs }) => {
    const [x, indices, u] = inputs as [Value, Value, Value];
    return scatterGradient(g, {
      x,
      u,
      y,
      dy,
      needs,
      reduction,
      at: (v) => g.node("GatherND", [v, indices], { batch_dims: 0 }),
      scatter: (into, v, how) => g.node("ScatterND", [into, indices, v], { reduction: how }),
    });
  }),
  // y_j = x[index_j], the indices being the second output    dx[index_j] = dy_j
  TopK: rule(({ g, inputs: [x], attributes: { axis }, dy, extraOutput }) => {
    const zeros = zerosOf(g, dy, g.dims(x!));
    return [g.node("ScatterElements", [zeros, extraOutput(1), dy], { axis, reduction: "none" })];
  }),
  // Reversing is its own inverse.
  ReverseSequence: rule(({ g, inputs: [, lengths], attributes, dy }) => [
    g.node("ReverseSequence", [dy, lengths!], attributes),
  ]),
  // y = x * mask    dx = dy * mask
  Trilu: rule(({ g, inputs, attributes, dy }) => [g.node("Trilu", [dy, ...inputs.slice(1)], attributes)]),
  EyeLike: zero("its output does not depend on the numbers of its input"),
  NonZero: refuse("its output's shape depends on the data"),
};
