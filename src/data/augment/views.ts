import type { Pixels } from "../dataset.js";
import { stretch } from "./augment.js";

/** Side of the part that a view shows, as a share of the picture's: 224 of 256 pixels. */
const part = 7 / 8;
/** Where the part lies between the borders, from above and from the left: the middle, then the corners. */
const places = [
  [0.5, 0.5],
  [0, 0],
  [0, 1],
  [1, 0],
  [1, 1],
] as const;

/**
 * The k-th view of a picture for test-time augmentation: 0 the picture, 1 its mirror image, then parts of 7/8 of each
 * side stretched to the full size, each and its mirror image: the middle, and the four corners. Nothing is drawn: the
 * views are the same every time.
 *
 * @param k 0 … 11
 * @see Krizhevsky et al., "ImageNet Classification with Deep Convolutional Neural Networks", 2012, section 4.1: the ten
 * parts
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
