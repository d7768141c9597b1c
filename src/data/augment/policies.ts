import { type Draws, draws } from "../../core/random.js";
import type { Pixels } from "../dataset.js";
import { type PictureOperation, pictureOperations } from "./picture-operations.js";

/** Number of magnitudes, 0 … 30. */
const magnitudes = 31;

/** The magnitude of an operation at relative strength s, 0 … 1; `signed`: in either direction. */
interface Range {
  readonly at: (s: number, pixels: Pixels) => number;
  readonly signed?: true;
}
type Space = Readonly<Record<PictureOperation, Range>>;

const none: Range = { at: () => 0 };
const signed = (most: number): Range => ({ at: (s) => most * s, signed: true });
/** Removes up to `most` bits. */
const bits = (most: number): Range => ({ at: (s) => 8 - Math.round(most * s) });
const common = {
  identity: none,
  solarize: { at: (s: number) => 255 * (1 - s) },
  autoContrast: none,
  equalize: none,
} as const;

/** @see Cubuk et al. 2020, figure 2; the ranges are AutoAugment's, as in torchvision */
const randSpace: Space = {
  ...common,
  shearX: signed(0.3),
  shearY: signed(0.3),
  // 150 of the 331 pixels of AutoAugment's pictures.
  translateX: { at: (s, { width }) => (150 / 331) * width * s, signed: true },
  translateY: { at: (s, { height }) => (150 / 331) * height * s, signed: true },
  rotate: signed(30),
  brightness: signed(0.9),
  color: signed(0.9),
  contrast: signed(0.9),
  sharpness: signed(0.9),
  posterize: bits(4),
};

/** @see Müller & Hutter 2021, table 1, "wide" */
const wideSpace: Space = {
  ...common,
  shearX: signed(0.99),
  shearY: signed(0.99),
  // Pixels of 224: at other sizes the same share of the side.
  translateX: { at: (s, { width }) => (32 / 224) * width * s, signed: true },
  translateY: { at: (s, { height }) => (32 / 224) * height * s, signed: true },
  rotate: signed(135),
  brightness: signed(0.99),
  color: signed(0.99),
  contrast: signed(0.99),
  sharpness: signed(0.99),
  posterize: bits(6),
};

const names = Object.keys(pictureOperations) as PictureOperation[];

function once(pixels: Pixels, space: Space, draw: Draws, step: () => number): Pixels {
  const name = names[draw.integer(names.length)]!;
  const range = space[name];
  const size = range.at(step() / (magnitudes - 1), pixels);
  return pictureOperations[name](pixels, range.signed && draw.chance(0.5) ? -size : size);
}

/**
 * Applies RandAugment: N random operations of {@link pictureOperations} with equal probability, at magnitude M of 30.
 *
 * @param magnitude M, 0 … 30. Default 9 (the paper's for a ResNet-50). @param operations N. Default 2.
 * @see Cubuk et al., "RandAugment: Practical automated data augmentation with a reduced search space", 2020
 */
export function randAugment(pixels: Pixels, draw: Draws, magnitude = 9, operations = 2): Pixels {
  let picture = pixels;
  for (let k = 0; k < operations; k++) picture = once(picture, randSpace, draw, () => magnitude);
  return picture;
}

/**
 * Applies TrivialAugment (wide): one random operation at a random magnitude. It has no hyperparameters.
 * @see Müller & Hutter, "TrivialAugment: Tuning-free yet state-of-the-art data augmentation", 2021
 */
export function trivialAugment(pixels: Pixels, draw: Draws): Pixels {
  return once(pixels, wideSpace, draw, () => draw.integer(magnitudes));
}

/** Ranges of the erased share of the area and of height ÷ width, and number of tries, in {@link randomErasing}. */
const [areas, aspects, tries] = [[0.02, 0.33], [0.3, 3.3], 10] as const;

/**
 * Applies random erasing in place. A rectangle of 2 to 33 % of the area, with log aspect uniform in log 0.3 … log 3.3, gets random
 * values (RE-R, the best variant in the paper).
 *
 * @param pixels changed in place
 * @see Zhong et al., "Random Erasing Data Augmentation", 2020; the areas and aspects are torchvision's
 */
export function randomErasing(pixels: Pixels, draw: Draws): Pixels {
  const { height: h, width: w, data } = pixels;
  for (let k = 0; k < tries; k++) {
    const area = (areas[0] + (areas[1] - areas[0]) * draw.uniform()) * h * w;
    const [low, high] = aspects.map(Math.log) as [number, number];
    const aspect = Math.exp(low + (high - low) * draw.uniform());
    const height = Math.round(Math.sqrt(area * aspect));
    const width = Math.round(Math.sqrt(area / aspect));
    if (height < 1 || width < 1 || height >= h || width >= w) continue;
    const [top, left] = [draw.integer(h - height + 1), draw.integer(w - width + 1)];
    for (let i = top; i < top + height; i++)
      for (let o = 3 * (i * w + left), end = o + 3 * width; o < end; o++) data[o] = draw.integer(256);
    return pixels;
  }
  return pixels;
}

/** Applies {@link randomErasing} to a copy with a probability. */
export function erased(
  pixels: Pixels,
  probability: number,
  seed: number,
  epoch: number,
  item: string,
): Pixels {
  const draw = draws(seed, "erase", epoch, item);
  if (!draw.chance(probability)) return pixels;
  return randomErasing({ ...pixels, data: Uint8Array.from(pixels.data) }, draw);
}
