import { sizeOf } from "../../core/shape.js";

/** All that the choice of a gradient's form depends on: a convolution x[N, C, …] * w[O, C / group, …] -> y[N, O, …]. */
export interface ConvShape {
  readonly x: readonly number[];
  readonly w: readonly number[];
  readonly y: readonly number[];
  readonly kernel_shape: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  /** Begin of each spatial axis, then end of each. */
  readonly pads: readonly number[];
  readonly group: number;
}

/** Images in a batch from which `images-last` was faster than im2col; and how many indices its Gather may have. */
const [manyImages, mostIndices] = [8, 2 ** 17] as const;
/**
 * Kernel positions × output channels over pixels of a plane, up to which `outerShift` was faster: than `images-last`, and
 * than im2col by stride 1 and others.
 */
const outerLimits = { many: 2.5, few: [8, 20] } as const;
/** Grey, RGB, RGBA. */
export const pictureChannels = 4;

export type InputForm = "flipped" | "phases" | "transposed";
export type WeightForm =
  | "pointwise-batched"
  | "pointwise-single"
  | "im2col"
  | "images-last"
  | "outer-shift"
  | "exchanged"
  | "depthwise";

export const unit = (values: readonly number[]): boolean => values.every((v) => v === 1);
const none = (values: readonly number[]): boolean => values.every((v) => v === 0);

/** Whether `images-last` is a form for this batch: not for few images, nor for a picture's plane, whose indices would fill the file. */
export function hasImagesLast({ x, y, kernel_shape }: ConvShape): boolean {
  return x[0]! >= manyImages && sizeOf(kernel_shape) * sizeOf(y.slice(2)) <= mostIndices;
}

/**
 * The form of the input's gradient: a convolution with the flipped kernel where the stride is 1, four convolutions, one
 * a phase, where it is 2 (ConvTranspose where these do not fit), ConvTranspose elsewhere. `bench -- conv` compares
 * them: the flipped kernel won on every shape of stride 1 that was tried, by a tenth to two thirds of the other's time,
 * also on planes of 3 x 3 with 256 channels.
 */
export function chooseInputForm({ kernel_shape, strides, dilations, pads }: ConvShape): InputForm {
  const rank = kernel_shape.length;
  // The flipped form pads by (kernel - 1) * dilation - pad, which must not be negative.
  const fits = kernel_shape.every((k, i) => {
    const reach = (k - 1) * dilations[i]!;
    return pads[i]! <= reach && pads[i + rank]! <= reach;
  });
  if (unit(strides) && fits) return "flipped";
  return rank === 2 && strides.every((s) => s === 2) ? "phases" : "transposed";
}

/**
 * The form of the weights' gradient, by measurement (`bench -- conv` prints the forms on these shapes side by side;
 * one form for all costs a quarter of a training step):
 * - depthwise: one grouped convolution over all images wins everywhere.
 * - 1 x 1: a product per image, summed, wins from 28 x 28 up; one product over all images below.
 * - a picture's few channels (the first layer) with a stride: the convolution with exchanged axes.
 * - k x k, where the plane is not small against the channels: kh copies of x, kw copies of dy and a product per image
 *   (`outerShift`), unless kh * kw copies of x are half as many numbers.
 * - all others: where there are many images one product, the images innermost (`images-last`); for few, and for groups or
 *   other ranks, a product for each kernel position (im2col).
 */
export function chooseWeightForm(shape: ConvShape): WeightForm {
  const { x, w, y, kernel_shape, strides, pads, group } = shape;
  const [channels, area] = [x[1]!, sizeOf(y.slice(2))];
  if (group === channels && group > 1 && y.length === 4) return "depthwise";
  if (group === 1 && unit(kernel_shape) && none(pads)) {
    return area >= 28 * 28 ? "pointwise-batched" : "pointwise-single";
  }
  const positions = sizeOf(kernel_shape);
  if (group !== 1 || positions === 1 || y.length !== 4) return "im2col";
  if (channels <= pictureChannels) return unit(strides) && positions < 25 ? "outer-shift" : "exchanged";
  const [kh, kw] = kernel_shape as [number, number];
  const many = hasImagesLast(shape);
  const limit = many ? outerLimits.many : outerLimits.few[unit(strides) ? 0 : 1];
  const fewer = kw * w[0]! + kh * channels <= 2 * positions * channels;
  if (fewer && positions * w[0]! <= limit * area) return "outer-shift";
  return many ? "images-last" : "im2col";
}
