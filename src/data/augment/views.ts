import type { Pixels } from "../dataset.js";
import { stretch } from "./augment.js";

/** Side of a crop relative to the picture: 224 of 256 pixels. */
const part = 7 / 8;
/** Relative positions of the crops from top and left: the centre, then the corners. */
const places = [
  [0.5, 0.5],
  [0, 0],
  [0, 1],
  [1, 0],
  [1, 1],
] as const;

/**
 * Returns the k-th view of a picture for test-time augmentation. View 0 is the picture and view 1 its mirror image. Views 2 to 11 are
 * crops of 7/8 of each side, stretched to the full size: centre and four corners, each with its mirror image. Views are not random.
 *
 * @param k 0 … 11
 * @see Krizhevsky et al., "ImageNet Classification with Deep Convolutional Neural Networks", 2012, section 4.1: the ten
 * crops
 */
export function viewOf(pixels: Pixels, k: number): Pixels {
  const { height: h, width: w } = pixels;
  const mirror = k % 2 === 1;
  if (k === 0) return pixels;
  if (k === 1) return stretch(pixels, { top: 0, left: 0, height: h, width: w }, mirror);
  const [y, x] = places[Math.floor(k / 2) - 1]!;
  const [height, width] = [part * h, part * w];
  return stretch(pixels, { top: y * (h - height), left: x * (w - width), height, width }, mirror);
}
