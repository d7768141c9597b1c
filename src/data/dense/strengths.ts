import type { Draws } from "../../core/random.js";
import { recolor } from "../augment/augment.js";
import type { Augmentation, Pixels } from "../dataset.js";
import { shiftHue } from "./shift-hue.js";

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
