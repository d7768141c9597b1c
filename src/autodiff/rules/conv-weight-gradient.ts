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
 * Stride 1: rows of x shifted by i, columns of dy shifted by j, and one product per image that pairs every i with
 * every j. Only kh + kw shifted copies are made instead of kh * kw, and nothing is transposed:
 *   dw[o, c, i, j] = sum over n, h, v of dyⱼ[n, o, h, v] * xᵢ[n, c, h, v]
 *   xᵢ[n, c, h, v] = x[n, c, h + i, v] (padded),   dyⱼ[n, o, h, v] = dy[n, o, h, v - j] (zero outside)
 */
function outerShift(g: Builder, x: Value, dy: Value, shape: ConvShape): Value {
  const { kernel_shape, dilations, pads } = shape;
  const [n, c] = shape.x as [number, number];
  const [, o, height, width] = shape.y as [number, number, number, number];
  const [kh, kw] = kernel_shape as [number, number];
  const [di, dj] = dilations as [number, number];
  const wide = width + (kw - 1) * dj;
  const rowOf = Array.from({ length: kh * height }, (_, k) => Math.floor(k / height) * di + (k % height));
  const rows = g.constant(int64([kh, height], rowOf));
  // [N, C, kh, H, W + reach]: each copied row is contiguous.
  const shiftedX = g.reshape(g.gather(padPlane(g, x, pads), rows, 2), [n, c * kh, height * wide]);
  const shiftedY = Array.from({ length: kw }, (_, j) =>
    g.pad(dy, [0, 0, 0, j * dj, 0, 0, 0, (kw - 1 - j) * dj]),
  );
  const left = g.reshape(g.concat(shiftedY, 1), [n, kw * o, height * wide]);
  const perImage = g.matmul(left, transposeLast(g, shiftedX));
  const sum = n === 1 ? perImage : g.reduceSum(perImage, { axes: [0] });
  // [kw, O, C, kh] -> [O, C, kh, kw]
  return g.transpose(g.reshape(sum, [kw, o, c, kh]), [1, 2, 3, 0]);
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
