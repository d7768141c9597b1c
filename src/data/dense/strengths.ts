import type { Draws } from "../../core/random.js";
import { recolor } from "../augment/augment.js";
import type { Augmentation, Pixels } from "../dataset.js";

/** The augmentations of pictures with boxes or masks. */
export type DenseAugmentation = Extract<Augmentation, "none" | "light" | "standard" | "strong">;

/** What an augmentation draws. */
interface Strength {
  /** Mirrors with probability ½. */
  readonly mirror: boolean;
  /** Largest shift, as a share of each side. */
  readonly shift: number;
  /** Range of the scale of boxes; masks have their own. */
  readonly scales: boolean;
  /** Largest change of width ÷ height: times 1 + a, or divided by it. */
  readonly aspect: number;
  /** Largest change of brightness, contrast and saturation, as a share; that of the hue is a tenth, as a share of the circle. */
  readonly colour: number;
  /** Probability that a part of the picture is cut out instead of scaling and shifting it. Boxes only. */
  readonly crop: number;
}

/**
 * Strengths of augmentation. `standard`: scale, shift of 20 %, aspect ratio and colour by 20 %, in the range of RTMDet's and YOLOX's
 * recipes without their mosaics, see `mosaicsOf`. `strong` adds SSD's crops, and doubles the change of colour.
 */
export const strengths: Readonly<Record<DenseAugmentation, Strength>> = {
  none: { mirror: false, shift: 0, scales: false, aspect: 0, colour: 0, crop: 0 },
  light: { mirror: true, shift: 0.1, scales: false, aspect: 0, colour: 0, crop: 0 },
  standard: { mirror: true, shift: 0.2, scales: true, aspect: 0.2, colour: 0.2, crop: 0 },
  strong: { mirror: true, shift: 0.2, scales: true, aspect: 0.2, colour: 0.4, crop: 0.5 },
};

/** Options of one augmented picture. */
export interface DenseAugmentOptions {
  /** Default "none". */
  readonly augmentation?: DenseAugmentation;
  readonly seed: number;
  readonly epoch: number;
  /** Colour outside of the picture, red, green and blue, 0 … 255. Default: the mean of ImageNet. */
  readonly fill?: readonly [number, number, number];
}

/** 255 times the mean of ImageNet: after the preprocessing of most bases about 0. */
export const meanColour = [124, 116, 104] as const;

/** Returns a uniform number in −1 … 1. */
export const signedUniform = (draw: Draws): number => 2 * draw.uniform() - 1;

/** Returns 1 + a or 1 / (1 + a), with a up to `most`: growing and shrinking are equally likely. Without a logarithm, since its last bit differs between machines. */
export function drawRatio(draw: Draws, most: number): number {
  const a = most * signedUniform(draw);
  return a >= 0 ? 1 + a : 1 / (1 - a);
}

/** Changes the colours of a picture in place. */
export function drawColours(
  pixels: Pixels,
  draw: Draws,
  { augmentation = "none" }: DenseAugmentOptions,
): void {
  const { colour } = strengths[augmentation];
  if (colour === 0) return;
  const factor = (): number => 1 + colour * signedUniform(draw);
  recolor(pixels, { brightness: factor(), contrast: factor(), saturation: factor() });
  shiftHue(pixels, (colour / 10) * signedUniform(draw));
}

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
