import { normalizeAxis, sizeOf } from "../../core/shape.js";
import { toNumbers } from "../../core/tensor.js";
import type { Builder } from "../../graph/builder.js";
import type { Value } from "../../graph/node.js";
import type { Reduction } from "../../graph/ops.js";
import { type Rules, rule, type VjpContext, zero } from "../rule.js";

type Reducing = {
  [Op in keyof Reduction]: Reduction[Op] extends { noop_with_empty_axes: boolean } ? Op : never;
}[keyof Reduction];

interface Reduced {
  readonly g: Builder;
  readonly x: Value;
  /** y and dy with the reduced axes kept as size 1, so that they broadcast against x. */
  readonly y: Value;
  readonly dy: Value;
  readonly axes: readonly number[];
  /** Number of elements of x per element of y. */
  readonly count: number;
}

/** Wraps the rule of a reduction; its formula uses values that broadcast. */
function reducing<Op extends Reducing>(formula: (values: Reduced) => Value) {
  return rule<Op>((context) => {
    // Every reduction has the same attributes, but TypeScript cannot see that through the union.
    const { g, inputs, attributes, output, dy, refuse } = context as unknown as VjpContext<"ReduceSum">;
    const [x, axesInput] = inputs as [Value, Value?];
    const dims = g.dims(x);
    const given = axesInput ? g.constantOf(axesInput) : undefined;
    if (axesInput && !given) refuse(`its axes ("${axesInput}") are computed, not constant`);
    const listed = given ? toNumbers(given).map((a) => normalizeAxis(a, dims.length)) : [];
    const all = listed.length === 0 && !attributes.noop_with_empty_axes;
    const axes = all ? dims.map((_, i) => i) : listed;
    const kept = dims.map((d, i) => (axes.includes(i) ? 1 : d));
    const count = sizeOf(axes.map((a) => dims[a]!));
    return [formula({ g, x, y: g.reshape(output, kept), dy: g.reshape(dy, kept), axes, count })];
  });
}

/** y = max or min: dx = dy * [x = y] / (number of ties), as in torch.amax. */
function extremum({ g, x, y, dy, axes }: Reduced): Value {
  const hits = g.cast(g.equal(x, y), g.dtype(x));
  return g.mul(hits, g.div(dy, g.reduceSum(hits, { axes, keepdims: true })));
}

const index = "its output is an index, constant almost everywhere";

export const reduction: Rules<Reduction> = {
  // y = sum(x)     dx = dy
  ReduceSum: reducing(({ dy }) => dy),
  // y = sum(x) / n     dx = dy / n
  ReduceMean: reducing(({ g, dy, count }) => g.mul(dy, g.number(1 / count, dy))),
  ReduceMax: reducing(extremum),
  ReduceMin: reducing(extremum),
  // y = prod(x)     dx_i = dy * (product of the others)
  // With z = number of zeros among the others: prod(x without zeros) / x_i where z = 0, else 0.
  ReduceProd: reducing(({ g, x, dy, axes }) => {
    const [zeros, ones] = [g.number(0, x), g.number(1, x)];
    const isZero = g.equal(x, zeros);
    const without = g.where(isZero, ones, x);
    const hits = g.cast(isZero, g.dtype(x));
    const others = g.sub(g.reduceSum(hits, { axes, keepdims: true }), hits);
    const product = g.node("ReduceProd", [without, g.ints(axes)], {
      keepdims: true,
      noop_with_empty_axes: true,
    });
    return g.mul(dy, g.where(g.equal(others, zeros), g.div(product, without), zeros));
  }),
  // y = sum(x²)     dx = dy * 2x
  ReduceSumSquare: reducing(({ g, x, dy }) => g.mul(g.mul(dy, g.number(2, x)), x)),
  // y = sqrt(sum(x²))     dx = dy * x / y, 0 where y = 0 as torch.norm
  ReduceL2: reducing(({ g, x, y, dy }) => {
    const safe = g.where(g.equal(y, g.number(0, y)), g.number(1, y), y);
    return g.mul(x, g.div(dy, safe));
  }),
  // y = sum(|x|)     dx = dy * sign(x), 0 at 0 as torch.norm
  ReduceL1: reducing(({ g, x, dy }) => g.mul(dy, g.sign(x))),
  // y = log(sum(x))     dx = dy / sum(x) = dy * exp(-y)
  ReduceLogSum: reducing(({ g, y, dy }) => g.mul(dy, g.exp(g.neg(y)))),
  // y = log(sum(exp(x)))     dx = dy * exp(x - y)
  ReduceLogSumExp: reducing(({ g, x, y, dy }) => g.mul(dy, g.exp(g.sub(x, y)))),
  ArgMax: zero(index),
  ArgMin: zero(index),
  // y_i = x_0 + … + x_i     dx_i = dy_i + … + dy_n: the same sum from the other end
  CumSum: rule(({ g, inputs: [, axis], attributes, dy }) => [
    g.node("CumSum", [dy, axis!], { ...attributes, reverse: !attributes.reverse }),
  ]),
};
