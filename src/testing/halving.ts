import type { ConvShape } from "../autodiff/rules/conv-shape.js";

/** A 3 × 3 convolution with stride 2 on 8 × 8 images of 32 channels, for tests. */
export const halving: ConvShape = {
  x: [2, 32, 8, 8],
  w: [32, 32, 3, 3],
  y: [2, 32, 4, 4],
  kernel_shape: [3, 3],
  strides: [2, 2],
  dilations: [1, 1],
  pads: [1, 1, 1, 1],
  group: 1,
};
