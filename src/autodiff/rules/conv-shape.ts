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

/** Kernel positions × output channels over pixels of a plane, up to which `outerShift` was faster than unfolding. */
const outerLimit = 5;

export type InputForm = "flipped" | "transposed";
export type WeightForm =
  | "pointwise-batched"
  | "pointwise-single"
  | "im2col"
  | "outer-shift"
  | "exchanged"
  | "depthwise";

export const unit = (values: readonly number[]): boolean => values.every((v) => v === 1);
const none = (values: readonly number[]): boolean => values.every((v) => v === 0);

/**
 * The form of the input's gradient: a convolution with the flipped kernel where the stride is 1, ConvTranspose
 * elsewhere. `bench -- conv` compares them: the flipped kernel won on every shape of stride 1 that was tried,
 * by a tenth to two thirds of the other's time, also on planes of 3 x 3 with 256 channels.
 */
export function chooseInputForm({ kernel_shape, strides, dilations, pads }: ConvShape): InputForm {
  const rank = kernel_shape.length;
  // The flipped form pads by (kernel - 1) * dilation - pad, which must not be negative.
  const fits = kernel_shape.every((k, i) => {
    const reach = (k - 1) * dilations[i]!;
    return pads[i]! <= reach && pads[i + rank]! <= reach;
  });
  return unit(strides) && fits ? "flipped" : "transposed";
}

/**
 * The form of the weights' gradient, by measurement (ResNet-50's and MobileNetV2's shapes, batches of 16 and 32;
 * one form for all costs a quarter of a training step):
 * - depthwise: one grouped convolution over all images wins everywhere.
 * - 1 x 1: a product per image, summed, wins from 28 x 28 up; one product over all images below.
 * - few input channels under a large kernel (the first layer): the convolution with exchanged axes, 24 ms
 *   where the product over kernel positions takes 46 to 177.
 * - k x k, where a picture's plane is not small against the channels: kh + kw shifted copies and a
 *   product per image (`outerShift`) take half to two thirds of the time of unfolding, which makes kh * kw copies
 *   (`bench -- conv`), with stride 2 as well (128 channels at 56 x 56, batch of 8: 31 ms against 51); its products grow with the channels, so unfolding wins on small planes with many.
 * - all others: one product with the unfolded input (im2col).
 */
export function chooseWeightForm({ x, w, y, kernel_shape, strides, pads, group }: ConvShape): WeightForm {
  const [channels, area] = [x[1]!, sizeOf(y.slice(2))];
  if (group === channels && group > 1 && y.length === 4) return "depthwise";
  if (group === 1 && unit(kernel_shape) && none(pads)) {
    return area >= 28 * 28 ? "pointwise-batched" : "pointwise-single";
  }
  if (group === 1 && channels <= 4 && sizeOf(kernel_shape) >= 25 && y.length === 4) return "exchanged";
  const positions = sizeOf(kernel_shape);
  // A picture's phases are too small for products of their own.
  const wide = unit(strides) || channels > 4;
  const small = positions * w[0]! <= outerLimit * area;
  if (group === 1 && wide && positions > 1 && y.length === 4 && small) {
    return "outer-shift";
  }
  return "im2col";
}
