import { normalizeAxis } from "../../core/shape.js";
import { int64, toNumbers } from "../../core/tensor.js";
import type { Builder } from "../../graph/builder.js";
import type { Value } from "../../graph/node.js";
import type { Movement } from "../../graph/ops.js";
import { type Rules, refuse, rule, type Vjp, zero } from "../rule.js";
import { padGradient } from "./pad-gradient.js";

/** The elements stay in order: dx = dy in the shape of x. */
const reshaped: Vjp<"Reshape" | "Flatten" | "Squeeze" | "Unsqueeze"> = ({ g, inputs, dy }) => [
  g.reshape(dy, g.dims(inputs[0]!)),
];

/** Returns zeros of a shape, for outputs that nothing reads. */
export function zerosOf(g: Builder, like: Value, dims: readonly number[]): Value {
  return g.expand(g.number(0, like), dims);
}

/**
 * dx of y = x[start : : step] along one axis: dy at the positions read, 0 between. A step of 1 is padding; any other
 * step gathers from dy with a zero appended.
 */
function unslice(g: Builder, dy: Value, axis: number, size: number, start: number, step: number): Value {
  const dims = g.dims(dy);
  const read = dims[axis]!;
  const pads = new Array<number>(2 * dims.length).fill(0);
  if (step === 1) {
    pads[axis] = start;
    pads[axis + dims.length] = size - start - read;
    return g.pad(dy, pads);
  }
  pads[axis + dims.length] = 1;
  const pick = new Array<number>(size).fill(read);
  for (let j = 0; j < read; j++) pick[start + j * step] = j;
  return g.gather(g.pad(dy, pads), g.constant(int64([size], pick)), axis);
}

const sizes = "its output is a size, which does not depend on the numbers";

export const movement: Rules<Movement> = {
  Reshape: rule<"Reshape">(reshaped),
  Flatten: rule<"Flatten">(reshaped),
  Squeeze: rule<"Squeeze">(reshaped),
  Unsqueeze: rule<"Unsqueeze">(reshaped),
  // y = x with its axes in the order perm    dx = dy in the inverse order
  Transpose: rule(({ g, attributes: { perm }, dy }) => [
    g.transpose(
      dy,
      perm.map((_, i) => perm.indexOf(i)),
    ),
  ]),
  // y = [x_1, x_2, …]    dx_i = its part of dy
  Concat: rule(({ g, inputs, attributes, dy, needs }) => {
    const axis = normalizeAxis(attributes.axis, g.rank(dy));
    const lengths = inputs.map((x) => g.dims(x)[axis]!);
    if (needs.every(Boolean)) return g.nodes("Split", [dy, g.ints(lengths)], { axis }, inputs.length);
    let end = 0;
    return lengths.map((length, i) => {
      end += length;
      return needs[i] ? g.slice(dy, { starts: [end - length], ends: [end], axes: [axis] }) : undefined;
    });
  }),
  // y_1, y_2, … = parts of x    dx = [dy_1, dy_2, …]
  Split: rule(({ g, outputs, attributes: { axis }, dy, dys }) => [
    g.concat(
      outputs.map((y, i) => dys[i] ?? zerosOf(g, dy, g.dims(y))),
      axis,
    ),
  ]),
  // y = x[start : end : step]    dx = dy where it was read, 0 elsewhere
  Slice: rule(({ g, inputs, dy, refuse }) => {
    const [x, ...bounds] = inputs as [Value, ...Value[]];
    const [starts, , axesInput, stepsInput] = bounds.map((b) => {
      const constant = b === "" ? undefined : g.constantOf(b);
      if (b !== "" && !constant) refuse(`its bounds ("${b}") are computed, not constant`);
      return constant && toNumbers(constant);
    });
    const dims = g.dims(x);
    const axes = (axesInput ?? starts!.map((_, i) => i)).map((a) => normalizeAxis(a, dims.length));
    let dx = dy;
    axes.forEach((axis, i) => {
      const [size, step] = [dims[axis]!, stepsInput?.[i] ?? 1];
      const from = starts![i]! < 0 ? starts![i]! + size : starts![i]!;
      const start = Math.min(Math.max(from, 0), step > 0 ? size : size - 1);
      if (size !== g.dims(dx)[axis] || step !== 1) dx = unslice(g, dx, axis, size, start, step);
    });
    return [dx];
  }),
  Pad: rule(padGradient),
  // differentiate() undoes broadcasting.
  Expand: rule(({ dy }) => [dy]),
  // y = x repeated r times along each axis    dx = sum over the repeats
  Tile: rule(({ g, inputs: [x, repeatsInput], dy, refuse }) => {
    const constant = g.constantOf(repeatsInput!);
    if (!constant) refuse(`its repeats ("${repeatsInput}") are computed, not constant`);
    const repeats = toNumbers(constant!);
    const dims = g.dims(x!);
    const interleaved = g.reshape(
      dy,
      dims.flatMap((d, i) => [repeats[i]!, d]),
    );
    const axes = repeats.flatMap((r, i) => (r === 1 ? [] : [2 * i]));
    return [g.reshape(axes.length > 0 ? g.reduceSum(interleaved, { axes }) : interleaved, dims)];
  }),
  Identity: rule(({ dy }) => [dy]),
  Shape: zero(sizes),
  Size: zero(sizes),
  ConstantOfShape: zero("its output does not depend on the numbers of its input"),
  Range: refuse("the length of its output depends on the data"),
};
