import { type Draws, draws } from "../../core/random.js";
import type { Size } from "../boxes/box.js";
import type { Pixels } from "../dataset.js";
import { ignoredLabel, type LabelMap } from "../masks/label-map.js";
import { drawLabels, drawPicture, plainPicture } from "./resample.js";
import {
  type DenseAugmentOptions,
  drawColours,
  drawRatio,
  meanColour,
  signedUniform,
  strengths,
} from "./strengths.js";
import { composeTransforms, fillTransform, mirrorTransform, type Transform } from "./transform.js";

/** A decoded picture with its mask. Both show the whole picture; their sizes may differ. */
export interface MaskPicture {
  readonly pixels: Pixels;
  /** 255 for pixels that no loss and no score counts. */
  readonly labels: LabelMap;
}

/** Options of {@link augmentMask}. */
export interface MaskAugmentOptions extends DenseAugmentOptions {
  /** Classes that every second crop is centred on, see {@link rareClasses}. Default: none. */
  readonly rare?: readonly number[];
}

/** The largest scale of a crop; the smallest is its inverse. */
const largestScale = 2;
/** Probability that a crop is centred on a pixel of a rare class. */
const rareShare = 0.5;
/** The whole picture. */
const unit: Size = { width: 1, height: 1 };

/**
 * Returns a randomly changed copy of a picture with its mask, in the size of the network's input. The draws are a hash of (seed, epoch,
 * id). Pixels and labels go through one transform: pixels by {@link drawPicture}, labels by the nearest pixel. Labels outside of the
 * picture are 255.
 *
 * `none` stretches the picture to the input. `light` mirrors it and shifts it by up to 10 % of each side. `standard` and `strong`
 * show a random part: the picture is stretched to the input, scaled by 0.5 to 2 with equal probability for halving and doubling, and
 * by up to 20 % in its aspect ratio. With probability ½, the part is centred on a pixel of a rare class. Colours change as for boxes.
 *
 * @param size of the network's input
 */
export function augmentMask(
  picture: MaskPicture,
  id: string,
  size: Size,
  options: MaskAugmentOptions,
): MaskPicture {
  const { seed, epoch, fill = meanColour } = options;
  const transform = drawTransform(picture, size, options, draws(seed, "augment-mask", epoch, id));
  const place = (from: Size): Transform => composeTransforms(fillTransform(from, unit), transform);
  const pixels = plainPicture(size, fill);
  drawPicture(pixels, picture.pixels, place(picture.pixels));
  drawColours(pixels, draws(seed, "colour-mask", epoch, id), options);
  const { width, height } = size;
  const labels = { width, height, data: new Uint8Array(width * height).fill(ignoredLabel) };
  drawLabels(labels, picture.labels, place(picture.labels));
  return { pixels, labels };
}

/** Returns the map from shares of the picture's sides to pixels of the input. */
function drawTransform(
  { labels }: MaskPicture,
  size: Size,
  { augmentation = "none", rare = [] }: MaskAugmentOptions,
  draw: Draws,
): Transform {
  const { mirror: mayMirror, scales, shift, aspect } = strengths[augmentation];
  const plain = fillTransform(unit, size);
  const flipped = composeTransforms(plain, mirrorTransform(size.width));
  const stretched = draw.chance(0.5) && mayMirror ? flipped : plain;
  if (!scales) {
    const move = {
      tx: shift * signedUniform(draw) * size.width,
      ty: shift * signedUniform(draw) * size.height,
    };
    return composeTransforms(stretched, { sx: 1, sy: 1, ...move });
  }
  // Rounded: the last bit of a power differs between machines.
  const scale = Math.round(4096 * largestScale ** signedUniform(draw)) / 4096;
  const root = Math.sqrt(drawRatio(draw, aspect));
  const [sx, sy] = [scale * root, scale / root];
  const centre = draw.chance(rareShare) ? rarePixel(labels, rare, draw) : undefined;
  const [u, v] = [draw.uniform(), draw.uniform()];
  const at = centre && {
    x: stretched.sx * centre.x + stretched.tx,
    y: stretched.sy * centre.y + stretched.ty,
  };
  return composeTransforms(stretched, {
    sx,
    tx: cropShift(sx, size.width, u, at?.x),
    sy,
    ty: cropShift(sy, size.height, v, at?.y),
  });
}

/**
 * Returns the shift of a scaled side. A longer side covers the input, a shorter one lies inside.
 * @param u position between both ends, 0 … 1
 * @param centre position of the unscaled side that comes to the middle of the input, as far as the side covers the input
 */
function cropShift(scale: number, length: number, u: number, centre: number | undefined): number {
  const free = length - scale * length;
  if (centre === undefined || free >= 0) return u * free;
  return Math.min(0, Math.max(free, length / 2 - scale * centre));
}

/** Returns the centre of a random pixel of a rare class, in shares of the sides; undefined without one. Classes are equally likely. */
function rarePixel(
  { width, height, data }: LabelMap,
  rare: readonly number[],
  draw: Draws,
): { readonly x: number; readonly y: number } | undefined {
  if (rare.length === 0) return undefined;
  const counts = new Uint32Array(256);
  for (const label of data) counts[label]!++;
  const present = rare.filter((label) => counts[label]! > 0);
  if (present.length === 0) return undefined;
  const label = present[draw.integer(present.length)]!;
  let left = draw.integer(counts[label]!);
  let at = data.indexOf(label);
  while (left-- > 0) at = data.indexOf(label, at + 1);
  return { x: ((at % width) + 0.5) / width, y: (Math.floor(at / width) + 0.5) / height };
}
