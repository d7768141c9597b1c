import { sizeOf } from "../../core/shape.js";
import { int64 } from "../../core/tensor.js";
import type { Builder } from "../../graph/builder.js";
import type { Value } from "../../graph/node.js";
import { type ChooseForm, formFor } from "./conv-forms.js";
import { type ConvShape, unit, type WeightForm } from "./conv-shape.js";
import { transposeLast } from "./linalg.js";
import { outerShift, padPlane } from "./outer-shift.js";

type Form = (g: Builder, x: Value, dy: Value, shape: ConvShape) => Value;

/**
 * dw of y = conv(x, w):
 *   dw[o, c, k] = sum over n, p of dy[n, o, p] * x[n, c, p * stride + k * dilation - pad]
 */
export function convWeightGradient(
  g: Builder,
  x: Value,
  dy: Value,
  shape: ConvShape,
  choose?: ChooseForm,
): Value {
  return forms[formFor("dw", shape, choose) as WeightForm](g, x, dy, shape);
}

/** All forms, each correct for the shapes that `chooseWeightForm` gives it. im2col is correct for all shapes. */
export const forms: { readonly [F in WeightForm]: Form } = {
  "pointwise-batched": pointwiseBatched,
  "pointwise-single": pointwiseSingle,
  im2col,
  "images-last": imagesLast,
  "outer-shift": outerShift,
  exchanged,
  depthwise,
};

/** Returns the pixels of x that a 1 x 1 kernel without pads reads. */
function pixels(g: Builder, x: Value, { x: dims, strides }: ConvShape): Value {
  if (unit(strides)) return x;
  const axes = strides.map((_, i) => i + 2);
  return g.slice(x, { starts: axes.map(() => 0), ends: dims.slice(2), axes, steps: strides });
}

/** 1 x 1: dw = sum over n of dy[n] @ x[n]ᵀ, one product per image without Transpose. */
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

/** Returns every position of the kernel: [0, 0], [0, 1], … */
function positions(kernel: readonly number[]): number[][] {
  let all: number[][] = [[]];
  for (const k of kernel) all = all.flatMap((p) => Array.from({ length: k }, (_, i) => [...p, i]));
  return all;
}

/** Rearranges the products of all kernel positions [K, O, I] to the layout of the weights. */
function fromPositions(g: Builder, products: Value, shape: ConvShape): Value {
  const [o, c] = shape.w as [number, number];
  const k = sizeOf(shape.kernel_shape);
  return g.reshape(g.transpose(g.reshape(products, [o, k, c]), [0, 2, 1]), shape.w);
}

/**
 * One product per kernel position, of dy as [channels, N * pixels] and the pixels of x at that position. Copying one
 * position at a time costs less than copying all of them side by side. Correct for any rank, stride, dilation and
 * group.
 */
function im2col(g: Builder, x: Value, dy: Value, shape: ConvShape): Value {
  const { kernel_shape, strides, dilations, pads, group } = shape;
  const [n, o, ...plane] = shape.y as [number, number, ...number[]];
  const [c, length] = [shape.w[1]!, n * sizeOf(plane)];
  const rows = channelsFirst(g, dy);
  const padded = padPlane(g, channelsFirst(g, x), pads);
  const axes = kernel_shape.map((_, i) => i + 2);
  const views = positions(kernel_shape).map((at) => {
    const starts = at.map((k, i) => k * dilations[i]!);
    const ends = starts.map((s, i) => s + (plane[i]! - 1) * strides[i]! + 1);
    return g.slice(padded, { starts, ends, axes, steps: strides });
  });
  const products = views.map((view) => {
    if (group === 1)
      return g.gemm(g.reshape(rows, [o, length]), g.reshape(view, [c, length]), "", { transB: true });
    const columns = transposeLast(g, g.reshape(view, [group, c, length]));
    return g.reshape(g.matmul(g.reshape(rows, [group, o / group, length]), columns), [o, c]);
  });
  return fromPositions(g, g.concat(products, 1), shape);
}

/** Larger copies of x (bytes) are made in parts: {@link imagesLast}. */
const mostCopied = 2 ** 24;

/**
 * One product of dy as [O, pixels * N] and the pixels of x at each kernel position, with images as the last axis:
 *   dw[o, (c, i, j)] = dy[o, (h, v, n)] @ columns[(c, i, j), (h, v, n)]ᵀ
 *   columns[c, i, j, h, v, n] = x[c, stride * h + i, stride * v + j, n]
 * Gather then copies the numbers of all images at once, up to ten times faster than Slice copies the rows of one small
 * image. The product has the layout of the weights. A large copy is made and multiplied in parts of some channels each.
 * For two spatial axes and one group.
 */
function imagesLast(g: Builder, x: Value, dy: Value, shape: ConvShape): Value {
  const { kernel_shape, strides, dilations, pads } = shape;
  const [n, o, ...plane] = shape.y as [number, number, number, number];
  const [top, begin, bottom, end] = pads as [number, number, number, number];
  const [, c, heightX, widthX] = shape.x as [number, number, number, number];
  const [high, wide] = [top + heightX + bottom, begin + widthX + end];
  const last = (v: Value) => g.transpose(v, [1, 2, 3, 0]);
  const padded = g.pad(last(x), [0, top, begin, 0, 0, bottom, end, 0]);
  const pixels = g.reshape(padded, [c, high * wide, n]);
  const left = g.reshape(last(dy), [o, sizeOf(plane) * n]);
  const seen = positions(plane).map(([h, v]) => h! * strides[0]! * wide + v! * strides[1]!);
  const met = positions(kernel_shape).flatMap(([i, j]) => {
    const from = i! * dilations[0]! * wide + j! * dilations[1]!;
    return seen.map((pixel) => from + pixel);
  });
  const at = g.constant(int64([met.length], met));
  const part = Math.ceil(c / Math.ceil((4 * c * met.length * n) / mostCopied));
  const products = Array.from({ length: Math.ceil(c / part) }, (_, k) => {
    const [from, to] = [k * part, Math.min(c, (k + 1) * part)];
    const some = to - from < c ? g.slice(pixels, { starts: [from], ends: [to], axes: [0] }) : pixels;
    const columns = g.reshape(g.gather(some, at, 1), [(to - from) * sizeOf(kernel_shape), sizeOf(plane) * n]);
    return g.gemm(left, columns, "", { transB: true });
  });
  return g.reshape(products.length > 1 ? g.concat(products, 1) : products[0]!, shape.w);
}

/** Keeps the kernel's own positions: a stride with a remainder gives a few more. */
function crop(g: Builder, dw: Value, kernel: readonly number[]): Value {
  const axes = kernel.map((_, i) => i + 2);
  const dims = g.dims(dw);
  if (axes.every((a) => dims[a] === kernel[a - 2])) return dw;
  return g.slice(dw, { starts: axes.map(() => 0), ends: kernel, axes });
}

/** A convolution with images and channels swapped, dy as kernel, and stride and dilation swapped. */
function exchanged(g: Builder, x: Value, dy: Value, shape: ConvShape): Value {
  const { kernel_shape, strides, dilations, pads } = shape;
  const dw = g.conv(channelsFirst(g, x), channelsFirst(g, dy), "", {
    strides: dilations,
    dilations: strides,
    pads,
  });
  return g.reshape(channelsFirst(g, crop(g, dw, kernel_shape)), shape.w);
}

/** The depthwise form: every (image, channel) is a group of one grouped convolution. */
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
