import { sizeOf } from "../../core/shape.js";
import { castTensor, tensor } from "../../core/tensor.js";
import type { Builder } from "../../graph/builder.js";
import type { Value } from "../../graph/node.js";
import type { Pooling } from "../../graph/ops.js";
import { type Rules, rule, type VjpContext } from "../rule.js";
import { transposedWindow } from "./conv-input-gradient.js";
import { type ConvShape, unit } from "./conv-shape.js";

/** A constant tensor of x's type. */
function constantLike(g: Builder, x: Value, dims: readonly number[], data: Float64Array): Value {
  const type = g.dtype(x) as "float32";
  return g.constant(castTensor(tensor("float64", dims, data), type));
}

/** Returns the number of elements that each window covers along one axis. */
function covered(shape: ConvShape, i: number, countPads: boolean): number[] {
  const [size, k, s, d] = [shape.x[i + 2]!, shape.kernel_shape[i]!, shape.strides[i]!, shape.dilations[i]!];
  const [begin, end] = [shape.pads[i]!, shape.pads[i + shape.kernel_shape.length]!];
  return Array.from({ length: shape.y[i + 2]! }, (_, p) => {
    let count = 0;
    for (let j = 0; j < k; j++) {
      const at = p * s + j * d - begin;
      // A window that reaches over the end (ceil_mode) counts nothing beyond the pads.
      if (countPads ? at < size + end : at >= 0 && at < size) count++;
    }
    return count;
  });
}

/** y = (sum over the window) / count. A depthwise ConvTranspose of ones spreads dy / count over the window. */
function averagePool(context: VjpContext<"AveragePool">): Value {
  const { g, inputs, attributes, dy } = context;
  const x = inputs[0]!;
  const shape: ConvShape = { ...attributes, x: g.dims(x), y: g.dims(dy), w: [], group: 1 };
  const perAxis = attributes.kernel_shape.map((_, i) => covered(shape, i, attributes.count_include_pad));
  const full = sizeOf(attributes.kernel_shape);
  const uniform = perAxis.every((counts, i) => counts.every((n) => n === attributes.kernel_shape[i]));
  let spread = dy;
  if (!uniform) {
    let counts = [1];
    for (const axis of perAxis) counts = counts.flatMap((n) => axis.map((m) => n * m));
    spread = g.div(dy, constantLike(g, x, [1, 1, ...shape.y.slice(2)], Float64Array.from(counts)));
  }
  return overWindow(g, x, shape, spread, uniform ? 1 / full : 1);
}

/** Spreads each value of v times `weight` over its window, by a depthwise ConvTranspose. */
function overWindow(g: Builder, x: Value, shape: ConvShape, v: Value, weight: number): Value {
  const channels = shape.x[1]!;
  const kernel = new Float64Array(channels * sizeOf(shape.kernel_shape)).fill(weight);
  const weights = constantLike(g, x, [channels, 1, ...shape.kernel_shape], kernel);
  const { pads, outputPadding } = transposedWindow(shape);
  const { strides, dilations } = shape;
  if (unit(shape.kernel_shape) && unit(strides)) return v;
  return g.convTranspose(v, weights, "", { strides, dilations, pads, outputPadding, group: channels });
}

/**
 * y = (sum over the window of |x|^p)^(1/p)
 *   dx = sign(x) * |x|^(p - 1) * (sum over the windows with x of dy * y^(1 - p)),   0 where y is 0
 */
function lpPool({ g, inputs, attributes, output: y, dy }: VjpContext<"LpPool">): Value {
  const x = inputs[0]!;
  const { p } = attributes;
  const shape: ConvShape = { ...attributes, x: g.dims(x), y: g.dims(dy), w: [], group: 1 };
  if (p === 1) return g.mul(g.sign(x), overWindow(g, x, shape, dy, 1));
  const safe = g.where(g.equal(y, g.number(0, y)), g.number(1, y), y);
  const share = p === 2 ? g.div(dy, safe) : g.mul(dy, g.pow(safe, g.number(1 - p, y)));
  const spread = overWindow(g, x, shape, share, 1);
  if (p === 2) return g.mul(x, spread);
  return g.mul(g.mul(g.sign(x), g.pow(g.abs(x), g.number(p - 1, x))), spread);
}

/** Scatters dy to the indices (flat positions in x), adding where windows overlap. */
function scatterFlat(g: Builder, x: Value, indices: Value, dy: Value): Value {
  const dims = g.dims(x);
  const count = [sizeOf(g.dims(dy))];
  const flat = g.expand(g.number(0, x), [sizeOf(dims)]);
  const dx = g.node("ScatterElements", [flat, g.reshape(indices, count), g.reshape(dy, count)], {
    axis: 0,
    reduction: "add",
  });
  return g.reshape(dx, dims);
}

export const pooling: Rules<Pooling> = {
  // y = x[index], index = the first largest of the window    dx[index] += dy
  MaxPool: rule((context) => {
    const { g, inputs, attributes, dy, extraOutput, refuse } = context;
    if (attributes.storage_order !== 0) refuse("its indices are column-major (storage_order 1)");
    return [scatterFlat(g, inputs[0]!, extraOutput(1), dy)];
  }),
  AveragePool: rule((context) => [averagePool(context)]),
  // y = mean over the P pixels    dx = dy / P everywhere
  GlobalAveragePool: rule(({ g, inputs: [x], dy }) => {
    const p = sizeOf(g.dims(x!).slice(2));
    return [g.mul(dy, g.number(1 / p, dy))];
  }),
  // y = x[argmax]    dx[argmax] = dy, the first of equals, as PyTorch's adaptive pooling
  GlobalMaxPool: rule(({ g, inputs: [x], dy }) => {
    const [n, c, ...plane] = g.dims(x!) as [number, number, ...number[]];
    const rows = g.reshape(x!, [n * c, sizeOf(plane)]);
    const index = g.node("ArgMax", [rows], { axis: 1, keepdims: true, select_last_index: false });
    const zeros = g.expand(g.number(0, dy), [n * c, sizeOf(plane)]);
    const attributes = { axis: 1, reduction: "none" } as const;
    const dx = g.node("ScatterElements", [zeros, index, g.reshape(dy, [n * c, 1])], attributes);
    return [g.reshape(dx, [n, c, ...plane])];
  }),
  LpPool: rule((context) => [lpPool(context)]),
};
