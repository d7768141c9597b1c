import { normalizeAxis, sizeOf } from "../../core/shape.js";
import { castTensor, tensor, toNumbers } from "../../core/tensor.js";
import type { Builder } from "../../graph/builder.js";
import { type AxisResize, axisTaps, keepAspectRatio, type Taps } from "../../graph/interpolation.js";
import { none, type Value } from "../../graph/node.js";
import type { Resampling } from "../../graph/ops.js";
import { type Rules, rule, type VjpContext } from "../rule.js";

/** An axis whose size changes, with the elements that its outputs read. */
interface Axis extends AxisResize {
  readonly axis: number;
  readonly taps: Taps;
}

function axesOf({ g, inputs, output, attributes, refuse }: VjpContext<"Resize">): Axis[] {
  const [x, ...settings] = inputs as [Value, ...Value[]];
  const [roi, scales, sizes] = [0, 1, 2].map((i) => {
    const v = settings[i] ?? none;
    const constant = v === none ? undefined : g.constantOf(v);
    if (v !== none && !constant) refuse(`its sizes ("${v}") are computed, not constant`);
    return constant && toNumbers(constant);
  });
  const [dims, out] = [g.dims(x), g.dims(output)];
  const axes = (attributes.axes ?? dims.map((_, i) => i)).map((a) => normalizeAxis(a, dims.length));
  const kept =
    sizes &&
    keepAspectRatio(
      axes.map((a) => dims[a]!),
      sizes,
      attributes.keep_aspect_ratio_policy,
    );
  return axes.flatMap((axis, k) => {
    const [from, to] = [dims[axis]!, out[axis]!];
    const scale = Math.fround(scales?.[k] ?? kept!.scales[k]!);
    const part = { from, to, scale, roi: [roi?.[k] ?? 0, roi?.[k + axes.length] ?? 1] } as const;
    const taps = axisTaps(attributes, part);
    return isIdentity(part, taps) ? [] : [{ ...part, axis, taps }];
  });
}

function isIdentity({ from, to }: AxisResize, { count, index, weight, outside }: Taps): boolean {
  if (from !== to || outside.includes(1)) return false;
  return weight.every((w, k) => w === 0 || (w === 1 && index[k] === Math.floor(k / count)));
}

/** True if outputs i · r to i · r + r - 1 read input i: enlarging by a whole number. */
function repeats({ from, to, taps }: Axis): boolean {
  const r = to / from;
  if (!Number.isInteger(r) || taps.count !== 1 || taps.outside.includes(1)) return false;
  return taps.index.every((i, o) => i === Math.floor(o / r));
}

/** dx = Wᵀ dy along one axis, W[o, i] the weight of input i in output o. */
function transposed(g: Builder, dy: Value, { axis, from, to, taps }: Axis): Value {
  const dims = g.dims(dy);
  const [outer, inner] = [sizeOf(dims.slice(0, axis)), sizeOf(dims.slice(axis + 1))];
  const last = inner === 1;
  const matrix = new Float64Array(from * to);
  taps.weight.forEach((w, k) => {
    const [o, i] = [Math.floor(k / taps.count), taps.index[k]!];
    matrix[last ? o * from + i : i * to + o]! += w;
  });
  const w = g.constant(
    castTensor(tensor("float64", last ? [to, from] : [from, to], matrix), g.dtype(dy) as "float64"),
  );
  const dx = last ? g.matmul(g.reshape(dy, [outer, to]), w) : g.matmul(w, g.reshape(dy, [outer, to, inner]));
  return g.reshape(
    dx,
    dims.map((d, i) => (i === axis ? from : d)),
  );
}

export const resampling: Rules<Resampling> = {
  // y = x with W_k applied to each axis k    dx = dy with W_kᵀ applied to each; sums where W repeats elements
  Resize: rule((c) => {
    const { g, inputs, dy } = c;
    const axes = axesOf(c);
    const blocks = axes.filter(repeats);
    let dx = dy;
    if (blocks.length > 0) {
      const factor = new Map(blocks.map((b) => [b.axis, b]));
      const blockDims = g.dims(dy).flatMap((d, i) => {
        const b = factor.get(i);
        return b ? [b.from, b.to / b.from] : [d];
      });
      // Each block before has added an axis.
      const summed = blocks.map((b) => b.axis + 1 + blocks.filter((o) => o.axis < b.axis).length);
      dx = g.reduceSum(g.reshape(dy, blockDims), { axes: summed });
    }
    // The axis that shrinks most goes first, to reduce the work for the others.
    const rest = axes.filter((a) => !repeats(a)).sort((a, b) => a.from / a.to - b.from / b.to);
    for (const axis of rest) dx = transposed(g, dx, axis);
    return [dx === dy ? g.reshape(dy, g.dims(inputs[0]!)) : dx];
  }),
};
