import { sizeOf } from "../../core/shape.js";
import { int64 } from "../../core/tensor.js";
import type { Builder } from "../../graph/builder.js";
import type { Value } from "../../graph/node.js";
import { type ConvShape, chooseWeightForm, unit, type WeightForm } from "./conv-shape.js";
import { transposeLast } from "./linalg.js";

type Form = (g: Builder, x: Value, dy: Value, shape: ConvShape) => Value;

/**
 * dw of y = conv(x, w):
 *   dw[o, c, k] = sum over n, p of dy[n, o, p] * x[n, c, p * stride + k * dilation - pad]
 */
export function convWeightGradient(g: Builder, x: Value, dy: Value, shape: ConvShape): Value {
  return forms[chooseWeightForm(shape)](g, x, dy, shape);
}

/** Every form, each right for the shapes that `chooseWeightForm` gives it; im2col is right for all. */
export const forms: { readonly [F in WeightForm]: Form } = {
  "pointwise-batched": pointwiseBatched,
  "pointwise-single": pointwiseSingle,
  im2col,
  "outer-shift": outerShift,
  exchanged,
  depthwise,
};

/** The pixels of x that a 1 x 1 kernel without pads reads. */
function pixels(g: Builder, x: Value, { x: dims, strides }: ConvShape): Value {
  if (unit(strides)) return x;
  const axes = strides.map((_, i) => i + 2);
  return g.slice(x, { starts: axes.map(() => 0), ends: dims.slice(2), axes, steps: strides });
}

/** 1 x 1: dw = sum over n of dy[n] @ x[n]ᵀ, a product per image and no Transpose. */
function pointwiseBatched(g: Builder, x: Value, dy: Value, shape: ConvShape): Value {
  const [n, o, ...plane] = shape.y as [number, number, ...number[]];
  const rows = g.reshape(dy, [n, o, sizeOf(plane)]);
  const columns = g.reshape(pixels(g, x, shape), [n, shape.x[1]!, sizeOf(plane)]);
  const perImage = g.matmul(rows, transposeLast(g, columns));
  return g.reshape(n === 1 ? perImage : g.reduceSum(perImage, { axes: [0] }), shape.w);
}

/** [N, C, …] -> [C, N, …]. */
function channelsFirst(g: Builder, x: Value): Value {
  const dims = g.dims(x);
  if (dims[0] === 1) return g.reshape(x, [dims[1]!, 1, ...dims.slice(2)]);
  return g.transpose(x, [1, 0, ...dims.slice(2).map((_, i) => i + 2)]);
}

/** 1 x 1: dw = dy @ xᵀ with both as [channels, N * pixels]: one product. */
function pointwiseSingle(g: Builder, x: Value, dy: Value, shape: ConvShape): Value {
  const [n, o, ...plane] = shape.y as [number, number, ...number[]];
  const length = n * sizeOf(plane);
  const rows = g.reshape(channelsFirst(g, dy), [o, length]);
  const columns = g.reshape(channelsFirst(g, pixels(g, x, shape)), [shape.x[1]!, length]);
  return g.reshape(g.gemm(rows, columns, "", { transB: true }), shape.w);
}

/** Every position of the kernel: [0, 0], [0, 1], … */
function positions(kernel: readonly number[]): number[][] {
  let all: number[][] = [[]];
  for (const k of kernel) all = all.flatMap((p) => Array.from({ length: k }, (_, i) => [...p, i]));
  return all;
}

/** Zeros around the spatial axes of a [.., .., …] value. */
function padPlane(g: Builder, x: Value, pads: readonly number[]): Value {
  const rank = pads.length / 2;
  return g.pad(x, [0, 0, ...pads.slice(0, rank), 0, 0, ...pads.slice(rank)]);
}

/** [K, O, I] products of all kernel positions -> the layout of the weights. */
function fromPositions(g: Builder, products: Value, shape: ConvShape): Value {
  const [o, c] = shape.w as [number, number];
  const k = sizeOf(shape.kernel_shape);
  return g.reshape(g.transpose(g.reshape(products, [o, k, c]), [0, 2, 1]), shape.w);
}

/**
 * One product with the unfolded input: x as [group, K * C/group, N * pixels] holds, for each of the K kernel
 * positions, the pixels that it meets. Right for any rank, stride, dilation and group.
 */
function im2col(g: Builder, x: Value, dy: Value, shape: ConvShape): Value {
  const { kernel_shape, strides, dilations, pads, group } = shape;
  const [n, o, ...plane] = shape.y as [number, number, ...number[]];
  const [c, length] = [shape.w[1]!, n * sizeOf(plane)];
  const padded = padPlane(g, channelsFirst(g, x), pads);
  const axes = kernel_shape.map((_, i) => i + 2);
  const views = positions(kernel_shape).map((at) => {
    const starts = at.map((k, i) => k * dilations[i]!);
    const ends = starts.map((s, i) => s + (plane[i]! - 1) * strides[i]! + 1);
    return g.reshape(g.slice(padded, { starts, ends, axes, steps: strides }), [group, 1, c, length]);
  });
  const unfolded = g.reshape(g.concat(views, 1), [group, views.length * c, length]);
  const rows = g.reshape(channelsFirst(g, dy), [group, o / group, length]);
  const products =
    group === 1
      ? g.gemm(g.reshape(rows, [o, length]), g.reshape(unfolded, [views.length * c, length]), "", {
          transB: true,
        })
      : g.matmul(rows, transposeLast(g, unfolded));
  return fromPositions(g, products, shape);
}

/**
 * Rows of x shifted by i, columns of dy shifted by j, and one product per image that pairs every i with every j.
 * Only kh + kw shifted copies are made instead of kh * kw, and nothing is transposed but, with a stride, x:
 *   dw[o, c, i, j] = sum over n, h, v of dyⱼ[n, o, h, v] * xᵢ[n, c, h, v]
 *   xᵢ[n, c, h, v] = x[n, c, stride * h + i, v] (padded),   dyⱼ[n, o, h, v] = dy[n, o, h, v - j] (zero outside)
 * A column stride s splits the columns of x into s phases: of phase r are the columns s * v + r, and of the kernel
 * those with j = s * q + r, for which dy is shifted by q; each phase is a product of its own.
 */
function outerShift(g: Builder, x: Value, dy: Value, shape: ConvShape): Value {
  const { kernel_shape, dilations, strides } = shape;
  const [n, c] = shape.x as [number, number];
  const [, o, height, width] = shape.y as [number, number, number, number];
  const [kh, kw] = kernel_shape as [number, number];
  const [di, dj] = dilations as [number, number];
  const [si, sj] = strides as [number, number];
  const rowOf = Array.from(
    { length: kh * height },
    (_, k) => Math.floor(k / height) * di + (k % height) * si,
  );
  const rows = g.constant(int64([kh, height], rowOf));
  const wide = width + Math.floor(((kw - 1) * dj) / sj);
  const phases = columnPhases(g, x, shape, wide);
  const order: number[] = [];
  const products = phases.flatMap((phase, r) => {
    const columns = Array.from({ length: kw }, (_, j) => j).filter((j) => (j * dj) % sj === r);
    if (columns.length === 0) return [];
    order.push(...columns);
    // [N, C, kh, H, wide]: each copied row is contiguous.
    const shiftedX = g.reshape(g.gather(phase, rows, 2), [n, c * kh, height * wide]);
    const shiftedY = columns.map((j) => {
      const q = Math.floor((j * dj) / sj);
      return g.pad(dy, [0, 0, 0, q, 0, 0, 0, wide - width - q]);
    });
    const left = g.reshape(g.concat(shiftedY, 1), [n, columns.length * o, height * wide]);
    const perImage = g.matmul(left, transposeLast(g, shiftedX));
    const sum = n === 1 ? perImage : g.reduceSum(perImage, { axes: [0] });
    return [g.reshape(sum, [columns.length, o, c, kh])];
  });
  const all = g.concat(products, 0);
  const sorted = order.every((j, i) => j === i)
    ? all
    : g.gather(all, g.ints(order.map((_, j) => order.indexOf(j))), 0);
  // [kw, O, C, kh] -> [O, C, kh, kw]
  return g.transpose(sorted, [1, 2, 3, 0]);
}

/** The padded x in its s column phases: phase r has the columns s * v + r for v < wide, zero beyond the pads. */
function columnPhases(g: Builder, x: Value, { x: dims, pads, strides }: ConvShape, wide: number): Value[] {
  const [n, c, height, width] = dims as [number, number, number, number];
  const [top, begin, bottom, end] = pads as [number, number, number, number];
  const s = strides[1]!;
  if (s === 1) return [padPlane(g, x, pads)];
  // More than the windows reach is cut, less is filled up, so that every phase has the same width.
  const rest = wide * s - (begin + width + end);
  const padded = padPlane(g, x, [top, begin, bottom, end + Math.max(rest, 0)]);
  const whole = rest < 0 ? g.slice(padded, { starts: [0], ends: [wide * s], axes: [3] }) : padded;
  const rows = height + top + bottom;
  const apart = g.transpose(g.reshape(whole, [n, c, rows, wide, s]), [4, 0, 1, 2, 3]);
  return Array.from({ length: s }, (_, r) =>
    g.reshape(g.slice(apart, { starts: [r], ends: [r + 1], axes: [0] }), [n, c, rows, wide]),
  );
}

/** Only the kernel's own positions: a stride that leaves a rest gives a few more. */
function crop(g: Builder, dw: Value, kernel: readonly number[]): Value {
  const axes = kernel.map((_, i) => i + 2);
  const dims = g.dims(dw);
  if (axes.every((a) => dims[a] === kernel[a - 2])) return dw;
  return g.slice(dw, { starts: axes.map(() => 0), ends: kernel, axes });
}

/** A convolution in which images and channels change places, dy is the kernel, and stride and dilation too. */
function exchanged(g: Builder, x: Value, dy: Value, shape: ConvShape): Value {
  const { kernel_shape, strides, dilations, pads } = shape;
  const dw = g.conv(channelsFirst(g, x), channelsFirst(g, dy), "", {
    strides: dilations,
    dilations: strides,
    pads,
  });
  return g.reshape(channelsFirst(g, crop(g, dw, kernel_shape)), shape.w);
}

/** The same for one channel a group: every (image, channel) is a group of one grouped convolution. */
function depthwise(g: Builder, x: Value, dy: Value, shape: ConvShape): Value {
  const { kernel_shape, strides, dilations, pads } = shape;
  const [n, c, ...planeX] = shape.x as [number, number, ...number[]];
  const [, o, ...planeY] = shape.y as [number, number, ...number[]];
  const images = g.reshape(x, [1, n * c, ...planeX]);
  const kernels = g.reshape(dy, [n * o, 1, ...planeY]);
  const all = g.conv(images, kernels, "", { strides: dilations, dilations: strides, pads, group: n * c });
  const perImage = g.reshape(crop(g, all, kernel_shape), [n, o, 1, ...kernel_shape]);
  return g.reduceSum(perImage, { axes: [0] });
}
