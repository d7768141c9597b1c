import { normalizeAxis } from "../../core/shape.js";
import { castTensor, tensor, toNumbers } from "../../core/tensor.js";
import type { Builder } from "../../graph/builder.js";
import type { Value } from "../../graph/node.js";
import type { Vjp } from "../rule.js";

/** Returns the source of element `at` of a padded axis, counted from the unpadded start. */
function source(at: number, size: number, mode: "reflect" | "edge" | "wrap"): number {
  if (mode === "edge") return Math.min(Math.max(at, 0), size - 1);
  if (mode === "wrap") return ((at % size) + size) % size;
  if (size === 1) return 0;
  const period = 2 * (size - 1);
  const phase = ((at % period) + period) % period;
  return phase < size ? phase : period - phase;
}

/** dx along one axis of y[i] = x[source(i)]: dy times the 0/1 matrix M[i, source(i)]. */
function gatherBack(g: Builder, dy: Value, axis: number, from: readonly number[], size: number): Value {
  const matrix = new Float64Array(from.length * size);
  from.forEach((j, i) => {
    matrix[i * size + j] = 1;
  });
  const m = castTensor(tensor("float64", [from.length, size], matrix), g.dtype(dy) as "float32");
  const rank = g.rank(dy);
  const perm = Array.from({ length: rank }, (_, i) => i);
  [perm[axis], perm[rank - 1]] = [rank - 1, axis];
  return g.transpose(g.matmul(g.transpose(dy, perm), g.constant(m)), perm);
}

/**
 * y = x with a border. Constant: dx = dy without the border, dvalue = sum of dy on the border. Reflect, edge, wrap: the
 * border's elements are copies of x, so their gradients are added to it.
 */
export const padGradient: Vjp<"Pad"> = ({ g, inputs, attributes: { mode }, dy, needs, refuse }) => {
  const [x, padsInput, , axesInput] = inputs as [Value, Value, Value?, Value?];
  const constants = [padsInput, axesInput].map((v) => {
    const constant = v ? g.constantOf(v) : undefined;
    if (v && !constant) refuse(`its pads ("${v}") are computed, not constant`);
    return constant && toNumbers(constant);
  });
  const dims = g.dims(x);
  const pads = constants[0]!;
  const axes = (constants[1] ?? dims.map((_, i) => i)).map((a) => normalizeAxis(a, dims.length));
  if (mode !== "constant") {
    let dx = dy;
    axes.forEach((axis, i) => {
      const [begin, end, size] = [pads[i]!, pads[i + axes.length]!, dims[axis]!];
      if (begin === 0 && end === 0) return;
      const from = Array.from({ length: size + begin + end }, (_, p) => source(p - begin, size, mode));
      dx = gatherBack(g, dx, axis, from, size);
    });
    return [dx];
  }
  // Positive pads are cut off. Negative pads removed elements of x, which get 0.
  const cut = axes.flatMap((axis, i) => {
    const [begin, end] = [Math.max(pads[i]!, 0), Math.max(pads[i + axes.length]!, 0)];
    return begin + end === 0 ? [] : [{ axis, begin, end: g.dims(dy)[axis]! - end }];
  });
  const inside =
    cut.length === 0
      ? dy
      : g.slice(dy, {
          starts: cut.map((c) => c.begin),
          ends: cut.map((c) => c.end),
          axes: cut.map((c) => c.axis),
        });
  const lost = new Array<number>(2 * dims.length).fill(0);
  axes.forEach((axis, i) => {
    lost[axis] = Math.max(-pads[i]!, 0);
    lost[axis + dims.length] = Math.max(-pads[i + axes.length]!, 0);
  });
  const dvalue = needs[2] ? g.sub(g.reduceSum(dy), g.reduceSum(inside)) : undefined;
  return [needs[0] ? g.pad(inside, lost) : undefined, undefined, dvalue];
};
