import { normalizeAxis, sizeOf } from "../../core/shape.js";
import type { Value } from "../../graph/node.js";
import type { Gathering } from "../../graph/ops.js";
import { type Rules, rule } from "../rule.js";
import { zerosOf } from "./movement.js";
import { scatterGradient } from "./scatter-gradient.js";

export const gather: Rules<Gathering> = {
  // y = x[…, index, …]    dx[…, index, …] += dy
  Gather: rule(({ g, inputs: [x, indices], attributes, dy }) => {
    const dims = g.dims(x!);
    const axis = normalizeAxis(attributes.axis, dims.length);
    const count = sizeOf(g.dims(indices!));
    const rows = dims.map((d, i) => (i === axis ? count : d));
    const column = g.reshape(
      indices!,
      dims.map((_, i) => (i === axis ? count : 1)),
    );
    const where = g.expand(column, rows);
    const zeros = zerosOf(g, dy, dims);
    return [g.node("ScatterElements", [zeros, where, g.reshape(dy, rows)], { axis, reduction: "add" })];
  }),
  // y_i = x[index_i]    dx[index_i] += dy_i
  GatherElements: rule(({ g, inputs: [x, indices], attributes: { axis }, dy }) => {
    const zeros = zerosOf(g, dy, g.dims(x!));
    return [g.node("ScatterElements", [zeros, indices!, dy], { axis, reduction: "add" })];
  }),
  // y = x, then each u_i set, added, multiplied … into y[index_i]; at(v) is v[index_i]
  ScatterElements: rule(({ g, inputs, output: y, attributes: { axis, reduction }, dy, needs }) => {
    const [x, indices, u] = inputs as [Value, Value, Value];
    return scatterGradient(g, {
      x,
      u,
      y,
      dy,
      needs,
      reduction,
      at: (v) => g.node("GatherElements", [v, indices], { axis }),
      scatter: (into, v, how) => g.node("ScatterElements", [into, indices, v], { axis, reduction: how }),
    });
  }),
  // y = off + m * (on - off), m the one-hot mask    doff = sum(dy) - sum(dy * m), don = sum(dy * m)
  OneHot: rule(({ g, inputs: [indices, depth], attributes, dy }) => {
    const zeroOne = g.concat([g.reshape(g.number(0, dy), [1]), g.reshape(g.number(1, dy), [1])], 0);
    const mask = g.node("OneHot", [indices!, depth!, zeroOne], attributes);
    const on = g.reshape(g.reduceSum(g.mul(dy, mask)), [1]);
    const off = g.sub(g.reshape(g.reduceSum(dy), [1]), on);
    return [undefined, undefined, g.concat([off, on], 0)];
  }),
};
