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

export type InputForm = "flipped" | "transposed";
export type WeightForm =
  | "pointwise-batched"
  | "pointwise-single"
  | "im2col"
  | "flat-shift"
  | "exchanged"
  | "depthwise";

export const unit = (values: readonly number[]): boolean => values.every((v) => v === 1);
const none = (values: readonly number[]): boolean => values.every((v) => v === 0);

/**
 * The form of the input's gradient. Measured on ResNet-50's shapes, batch 16: a convolution with the flipped
 * kernel wins where the stride is 1, down to 14 x 14; with 256 and more channels on such small planes, and
 * with any other stride, ConvTranspose does.
 */
export function chooseInputForm({
  x,
  w,
  y,
  kernel_shape,
  strides,
  dilations,
  pads,
  group,
}: ConvShape): InputForm {
  const rank = kernel_shape.length;
  // The flipped form pads by (kernel - 1) * dilation - pad, which must not be negative.
  const fits = kernel_shape.every((k, i) => {
    const reach = (k - 1) * dilations[i]!;
    return pads[i]! <= reach && pads[i + rank]! <= reach;
  });
  if (!unit(strides) || !fits) return "transposed";
  const small = sizeOf(x.slice(2)) <= 14 * 14 && Math.min(w[0]!, w[1]!) >= 256;
  return small && group === 1 && !unit(kernel_shape) && y.length === 4 ? "transposed" : "flipped";
}

/**
 * The form of the weights' gradient, by measurement (ResNet-50's and MobileNetV2's shapes, batches of 16 and 32;
 * one form for all costs a quarter of a training step):
 * - depthwise: one grouped convolution over all images wins everywhere.
 * - 1 x 1: a product per image, summed, wins from 28 x 28 up; one product over all images below.
 * - few input channels under a large kernel (the first layer): the convolution with exchanged axes, 24 ms
 *   where the product over kernel positions takes 46 to 177.
 * - k x k, stride 1: shifts of the flattened plane, whose slices are contiguous, win at 56 x 56 (21 ms to 23) and
 *   lose at 28 x 28 (17 to 15): the line is drawn between.
 * - all others: one product with the unfolded input (im2col).
 */
export function chooseWeightForm({
  x,
  w,
  y,
  kernel_shape,
  strides,
  dilations,
  pads,
  group,
}: ConvShape): WeightForm {
  const [channels, area] = [x[1]!, sizeOf(y.slice(2))];
  if (group === channels && group > 1 && y.length === 4) return "depthwise";
  if (group === 1 && unit(kernel_shape) && none(pads)) {
    return area >= 28 * 28 ? "pointwise-batched" : "pointwise-single";
  }
  if (group === 1 && channels <= 4 && sizeOf(kernel_shape) >= 25 && y.length === 4) return "exchanged";
  if (group === 1 && unit(strides) && unit(dilations) && w[1]! >= 16 && area >= 40 * 40 && y.length === 4) {
    return "flat-shift";
  }
  return "im2col";
}
