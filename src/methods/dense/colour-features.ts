import type { PictureData } from "../../platform/platform.js";

/** Features of a pixel: 3 colours, 3 squares, 3 products, 3 means, 3 deviations and its place. */
export const colourFeatureCount = 17;

/** Half of the window of 5 × 5 pixels. */
const reach = 2;

/**
 * Writes the features of one pixel:
 *
 *     r, g, b, r², g², b², rg, rb, gb, mean and deviation of each colour in a window of 5 × 5 pixels, x / width, y / height
 *
 * Colours are shares of 255. x and y are those of the pixel's centre. The window is cut off at the edge of the picture.
 *
 * @param position row · width + column
 * @param out gets {@link colourFeatureCount} values from `at` on
 */
export function writeColourFeatures(
  { width, height, data }: PictureData,
  position: number,
  out: Float32Array,
  at: number,
): void {
  const [row, column] = [Math.floor(position / width), position % width];
  const [r, g, b] = [0, 1, 2].map((c) => data[3 * position + c]! / 255) as [number, number, number];
  out.set([r, g, b, r * r, g * g, b * b, r * g, r * b, g * b], at);
  const [top, bottom] = [Math.max(0, row - reach), Math.min(height - 1, row + reach)];
  const [left, right] = [Math.max(0, column - reach), Math.min(width - 1, column + reach)];
  const n = (bottom - top + 1) * (right - left + 1);
  for (let c = 0; c < 3; c++) {
    let [sum, squares] = [0, 0];
    for (let y = top; y <= bottom; y++)
      for (let i = 3 * (y * width + left) + c; i <= 3 * (y * width + right) + c; i += 3) {
        sum += data[i]!;
        squares += data[i]! * data[i]!;
      }
    out[at + 9 + c] = sum / n / 255;
    // Sums of integers are exact, so the variance is never below 0 by rounding.
    out[at + 12 + c] = Math.sqrt(n * squares - sum * sum) / n / 255;
  }
  out[at + 15] = (column + 0.5) / width;
  out[at + 16] = (row + 0.5) / height;
}
