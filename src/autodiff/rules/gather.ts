import { normalizeAxis, sizeOf } from "../../core/shape.js";
import type { Value } from "../../graph/node.js";
import type { Gathering } from "../../graph/ops.js";
import { type Gradients, type Rules, rule } from "../rule.js";
import { zerosOf } from "./movement.js";

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
    const at = (v: Value): Value => g.node("GatherElements", [v, indices], { axis });
    const scatter = (into: Value, v: Value, how: typeof reduction): Value =>
      g.node("ScatterElements", [into, indices, v], { axis, reduction: how });
    const both = (dx: () => Value, du: () => Value): Gradients => [
      needs[0] ? dx() : undefined,
      undefined,
      needs[2] ? du() : undefined,
    ];
    switch (reduction) {
      // dx = dy, 0 at the indices; du = at(dy)
      case "none":
        return both(
          () => scatter(dy, zerosOf(g, dy, g.dims(u)), "none"),
          () => at(dy),
        );
      // dx = dy, du = at(dy)
      case "add":
        return both(
          () => dy,
          () => at(dy),
        );
      // dx = dy * (product of the u), du = at(dy * y) / u
      case "mul":
        return both(
          () => g.mul(dy, scatter(g.fullLike(x, 1), u, "mul")),
          () => g.div(at(g.mul(dy, y)), u),
        );
      // dy goes to those that are y, in even shares, as torch.scatter_reduce with amax or amin.
      case "min":
      case "max": {
        const hitX = g.cast(g.equal(x, y), g.dtype(y));
        const hitU = g.cast(g.equal(u, at(y)), g.dtype(y));
        const share = g.div(dy, scatter(hitX, hitU, "add"));
        return both(
          () => g.mul(share, hitX),
          () => g.mul(at(share), hitU),
        );
      }
    }
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
