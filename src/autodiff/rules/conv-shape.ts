import { sizeOf } from "../../core/shape.js";

/**
 * The shape of a convolution, on which the choice of a gradient's form depends: x[N, C, …] * w[O, C / group, …] -> y[N,
 * O, …].
 */
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

/** Fewest images in a batch for which `images-last` was faster than im2col; most indices of its Gather. */
const [manyImages, mostIndices] = [8, 2 ** 17] as const;
/**
 * Limits of kernel positions × output channels over pixels of a plane up to which `outerShift` was faster: than
 * `images-last`, and than im2col (stride 1, other strides).
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

/**
 * True if `images-last` suits this batch: not few images, and not an input image's plane, whose indices would fill the
 * file.
 */
export function hasImagesLast({ x, y, kernel_shape }: ConvShape): boolean {
  return x[0]! >= manyImages && sizeOf(kernel_shape) * sizeOf(y.slice(2)) <= mostIndices;
}

/**
 * Chooses the form of the input's gradient: stride 1: a convolution with the flipped kernel; stride 2: four
 * convolutions, one per phase; else ConvTranspose. `bench -- conv` compares them: with stride 1 the flipped kernel won
 * on every tried shape, by a tenth to two thirds of the other's time, even on planes of 3 x 3 with 256 channels.
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
 * Chooses the form of the weights' gradient. `bench -- conv` prints the measured forms side by side; one form for all
 * shapes costs a quarter of a training step:
 * - depthwise: one grouped convolution over all images.
 * - 1 x 1: a product per image, summed, from 28 x 28 up; below, one product over all images.
 * - few input channels (the first layer) with a stride: the convolution with swapped axes.
 * - k x k on a plane that is large against the channels: kh copies of x, kw copies of dy and a product per image
 *   (`outerShift`), unless kh * kw copies of x are half as many numbers.
 * - else, for many images: one product with images as the last axis (`images-last`).
 * - for few images, groups or other ranks: a product for each kernel position (im2col).
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
