import { type Draws, draws } from "../../core/random.js";
import { type Box, boxIou, type Size } from "../boxes/box.js";
import type { Pixels } from "../dataset.js";
import { type AnnotatedSize, type BoxTargets, joinTargets, transformTargets } from "./box-targets.js";
import { drawPicture, plainPicture } from "./resample.js";
import {
  type DenseAugmentOptions,
  drawColours,
  drawRatio,
  meanColour,
  signedUniform,
  strengths,
} from "./strengths.js";
import {
  composeTransforms,
  fillTransform,
  intersectBoxes,
  mirrorTransform,
  type Transform,
  transformBox,
  wholeBox,
} from "./transform.js";

/** A decoded picture with its objects. */
export interface BoxPicture {
  /** Size and objects of the picture as it is stored, in its pixels. */
  readonly item: AnnotatedSize;
  /** The whole picture, decoded to any size. */
  readonly pixels: Pixels;
}

/** Options of {@link augmentBoxes}. */
export interface BoxAugmentOptions extends DenseAugmentOptions {
  /** Probability of cutting out a part as SSD does. Default ½ for `strong`, else 0. */
  readonly crop?: number;
}

/** The input of a network, and what it should find there. */
export interface BoxSample {
  /** uint8[H, W, 3] */
  readonly pixels: Pixels;
  readonly targets: BoxTargets;
}

/** A picture on the canvas. */
interface Tile {
  readonly picture: BoxPicture;
  /** From pixels of the stored picture to pixels of the canvas. */
  readonly transform: Transform;
  /** Visible part of the canvas. */
  readonly clip: Box;
}

/** Range of the scale of a picture. */
const scales = [0.5, 1.5] as const;
/** Range of the scale of the four pictures of a mosaic. */
const mosaicScales = [0.5, 1] as const;
/** Range of the point where they meet, as a share of each side. */
const mosaicCentre = [0.25, 0.75] as const;

/**
 * Returns a randomly changed copy of a picture with its boxes, in the size of the network's input. The draws are a hash of (seed, epoch,
 * id). Every pixel is computed from the decoded picture by one resampling, whatever the geometry is made of.
 *
 * `none` stretches the picture to the input. `light` mirrors it and shifts it by up to 10 % of each side. `standard` also scales it by
 * 0.5 to 1.5, changes its aspect ratio by up to 20 % and shifts it by up to 20 %, and changes its colours. `strong` cuts out a part of
 * every second picture instead, and changes colours twice as much.
 *
 * @param pictures one picture, or four for a mosaic; the first is the sample
 * @param id the item's id: the same in every run and on every machine
 * @param size of the network's input
 */
export function augmentBoxes(
  pictures: readonly BoxPicture[],
  id: string,
  size: Size,
  options: BoxAugmentOptions,
): BoxSample {
  const { augmentation = "none", seed, epoch, fill = meanColour } = options;
  const draw = draws(seed, "augment-boxes", epoch, id);
  const isCropped = draw.chance(options.crop ?? strengths[augmentation].crop);
  const tiles =
    pictures.length > 1
      ? mosaicTiles(pictures, size, options, draw)
      : [singleTile(pictures[0]!, size, options, draw, isCropped)];
  const placed = isCropped ? cropTiles(tiles, size, draws(seed, "crop-boxes", epoch, id)) : tiles;
  const pixels = plainPicture(size, fill);
  for (const { picture, transform, clip } of placed)
    drawPicture(
      pixels,
      picture.pixels,
      composeTransforms(fillTransform(picture.pixels, picture.item), transform),
      clip,
    );
  drawColours(pixels, draws(seed, "colour-boxes", epoch, id), options);
  const targets = placed.map(({ picture, transform, clip }) =>
    transformTargets(picture.item, size, transform, intersectBoxes(clip, wholeBox(size))),
  );
  return { pixels, targets: joinTargets(targets) };
}

const between = (draw: Draws, [low, high]: readonly [number, number]): number =>
  low + (high - low) * draw.uniform();

/** Returns the stretch to the canvas, mirrored or not. */
function plainTransform(
  { item }: BoxPicture,
  size: Size,
  { augmentation = "none" }: DenseAugmentOptions,
  draw: Draws,
): Transform {
  const isMirrored = draw.chance(0.5) && strengths[augmentation].mirror;
  const plain = fillTransform(item, size);
  return isMirrored ? composeTransforms(plain, mirrorTransform(size.width)) : plain;
}

function singleTile(
  picture: BoxPicture,
  size: Size,
  options: DenseAugmentOptions,
  draw: Draws,
  isCropped: boolean,
): Tile {
  const plain = plainTransform(picture, size, options, draw);
  const { shift, aspect, scales: isScaled } = strengths[options.augmentation ?? "none"];
  const clip = wholeBox(size);
  if (isCropped || shift === 0) return { picture, transform: plain, clip };
  const scale = isScaled ? between(draw, scales) : 1;
  const root = Math.sqrt(drawRatio(draw, aspect));
  // About the centre of the canvas, then shifted.
  const [sx, sy] = [scale * root, scale / root];
  const about: Transform = {
    sx,
    tx: ((1 - sx) / 2 + shift * signedUniform(draw)) * size.width,
    sy,
    ty: ((1 - sy) / 2 + shift * signedUniform(draw)) * size.height,
  };
  return { picture, transform: composeTransforms(plain, about), clip };
}

/**
 * Returns four pictures around a point of the canvas, each with a corner there.
 * @see Bochkovskiy et al., "YOLOv4", 2020, section 3.3
 */
function mosaicTiles(
  pictures: readonly BoxPicture[],
  size: Size,
  options: DenseAugmentOptions,
  draw: Draws,
): Tile[] {
  const { width, height } = size;
  const [x, y] = [between(draw, mosaicCentre) * width, between(draw, mosaicCentre) * height];
  return pictures.map((picture, k) => {
    const plain = plainTransform(picture, size, options, draw);
    const scale = between(draw, mosaicScales);
    const root = Math.sqrt(drawRatio(draw, strengths[options.augmentation ?? "none"].aspect));
    const [sx, sy] = [scale * root, scale / root];
    const [isRight, isLower] = [k % 2 === 1, k >= 2];
    const place: Transform = {
      sx,
      tx: isRight ? x : x - sx * width,
      sy,
      ty: isLower ? y : y - sy * height,
    };
    const clip: Box = [isRight ? x : 0, isLower ? y : 0, isRight ? width : x, isLower ? height : y];
    return { picture, transform: composeTransforms(plain, place), clip };
  });
}

/** Overlaps that a crop must have with a box; 0 is any. SSD's 0.9 leaves little to cut off. */
const cropOverlaps = [0, 0.1, 0.3, 0.5, 0.7] as const;
/** Smallest side of a crop, as a share. */
const cropSide = 0.3;
/** Largest ratio of a crop's sides, in shares of the canvas. */
const cropAspect = 2;
const cropTries = 50;

/**
 * Cuts out a part of the canvas and stretches it to the whole. The part has an IoU of at least 0, 0.1, 0.3, 0.5 or 0.7 with one of the
 * boxes. Without a box, or after 50 tries, the canvas stays.
 *
 * SSD keeps boxes whose centre is in the part. Here the one rule of {@link transformTargets} decides.
 *
 * @see Liu et al., "SSD: Single Shot MultiBox Detector", 2016, section 2.2
 */
function cropTiles(tiles: readonly Tile[], size: Size, draw: Draws): readonly Tile[] {
  const least = cropOverlaps[draw.integer(cropOverlaps.length)]!;
  const boxes = tiles.flatMap(({ picture, transform, clip }) =>
    picture.item.objects
      .filter(({ crowd }) => !crowd)
      .map(({ box }) => intersectBoxes(transformBox(box, transform), clip)),
  );
  for (let k = 0; boxes.length > 0 && k < cropTries; k++) {
    const [w, h] = [between(draw, [cropSide, 1]), between(draw, [cropSide, 1])];
    const [x, y] = [draw.uniform() * (1 - w), draw.uniform() * (1 - h)];
    if (w > cropAspect * h || h > cropAspect * w) continue;
    const part: Box = [x * size.width, y * size.height, (x + w) * size.width, (y + h) * size.height];
    const overlap = Math.max(...boxes.map((box) => boxIou(box, part)));
    if (!(overlap > 0 && overlap >= least)) continue;
    const zoom: Transform = { sx: 1 / w, tx: (-x / w) * size.width, sy: 1 / h, ty: (-y / h) * size.height };
    return tiles.map(({ picture, transform, clip }) => ({
      picture,
      transform: composeTransforms(transform, zoom),
      clip: transformBox(clip, zoom),
    }));
  }
  return tiles;
}
