import type { Pixels } from "../dataset.js";

/** Binary places of the coefficients. */
const bits = 14;

/**
 * Rotates the hue of a picture in place. Grey stays grey, and the luminance stays, except where a channel is clipped.
 *
 * @param share of the circle of colours, −½ … ½
 * @see SVG 1.1, section 15.10, `feColorMatrix` with type `hueRotate`: the matrix
 */
export function shiftHue({ data }: Pixels, share: number): void {
  const [cos, sin] = [Math.cos(2 * Math.PI * share), Math.sin(2 * Math.PI * share)];
  const [a, b, c] = row(0.213 + 0.787 * cos - 0.213 * sin, 0.715 - 0.715 * cos - 0.715 * sin);
  const [d, e, f] = row(0.213 - 0.213 * cos + 0.143 * sin, 0.715 + 0.285 * cos + 0.14 * sin);
  const [g, h, i] = row(0.213 - 0.213 * cos - 0.787 * sin, 0.715 - 0.715 * cos + 0.715 * sin);
  const half = 1 << (bits - 1);
  const clamped = new Uint8ClampedArray(data.buffer, data.byteOffset, data.length);
  for (let o = 0; o < data.length; o += 3) {
    const red = data[o]!;
    const green = data[o + 1]!;
    const blue = data[o + 2]!;
    clamped[o] = (a * red + b * green + c * blue + half) >> bits;
    clamped[o + 1] = (d * red + e * green + f * blue + half) >> bits;
    clamped[o + 2] = (g * red + h * green + i * blue + half) >> bits;
  }
}

/** Returns a row of the matrix as integers, so that every machine gets the same bytes. Its coefficients add up to 1. */
function row(red: number, green: number): readonly [number, number, number] {
  const [r, g] = [Math.round(red * 2 ** bits), Math.round(green * 2 ** bits)];
  return [r, g, 2 ** bits - r - g];
}
