import { boxArea, type Size } from "../boxes/box.js";
import type { ImageObject } from "../boxes/box-dataset.js";

/** A picture whose size decides about the size of the network's input. */
export interface FillPicture extends Size {
  /** Its objects, if they have boxes that must not become too small. */
  readonly objects?: readonly Pick<ImageObject, "box">[];
}

/** Options of {@link fillSize}. */
export interface FillOptions {
  /** "boxes": a longer side of 416 pixels, or more for small boxes. "masks": the pictures' own longer side, at most 384. */
  readonly targets: "boxes" | "masks";
  /** Longer side in pixels, rounded down to a multiple of 32. Default: see {@link fillSize}. */
  readonly longerSide?: number;
}

/** Both sides are multiples of the coarsest stride. */
const multiple = 32;
/** Smallest longer side and smallest shorter side. */
const [leastLong, leastShort] = [256, 64];
/** Largest longer side that is chosen for small boxes. */
const largest = 640;
/** Usual longer side, and how often pictures may be enlarged for it. */
const usual = { boxes: { most: 416, enlarge: 2 }, masks: { most: 384, enlarge: 1 } } as const;
/** Boxes are large enough if 90 % have this √area, in pixels: 1.5 cells of the finest stride. */
const [leastSide, smallShare] = [12, 0.1];

/**
 * Returns the size of a network's input, to which all pictures are stretched. Its aspect ratio is the median of the pictures'. Both
 * sides are multiples of 32.
 *
 * Unless `longerSide` is given, the longer side is 416 pixels for boxes. It is larger, up to 640, if 10 % of the boxes had a √area below
 * 12 pixels. Pictures are at most doubled for the 416 pixels. For masks, it is the median longer side of the pictures, 256 to 384.
 *
 * @param pictures of the training split; at least one
 * @example fillSize([{ width: 416, height: 312 }], { targets: "boxes" }) // { width: 416, height: 320 }
 */
export function fillSize(pictures: readonly FillPicture[], { targets, longerSide }: FillOptions): Size {
  const aspect = quantile(
    pictures.map(({ width, height }) => width / height),
    0.5,
  );
  if (longerSide !== undefined)
    return sizeOf(Math.max(multiple, multiple * Math.floor(longerSide / multiple)), aspect);
  const own = quantile(
    pictures.map(({ width, height }) => Math.max(width, height)),
    0.5,
  );
  const { most, enlarge } = usual[targets];
  let long = Math.min(most, Math.max(leastLong, multiple * Math.ceil((enlarge * own) / multiple)));
  const needsMore = (size: Size): boolean => targets === "boxes" && smallSide(pictures, size) < leastSide;
  while (long < largest && needsMore(sizeOf(long, aspect))) long += multiple;
  return sizeOf(long, aspect);
}

/** Returns the size with a longer side and about an aspect ratio. */
function sizeOf(long: number, aspect: number): Size {
  const short = long * Math.min(aspect, 1 / aspect);
  const rounded = Math.min(long, Math.max(leastShort, multiple * Math.round(short / multiple)));
  return aspect >= 1 ? { width: long, height: rounded } : { width: rounded, height: long };
}

/** Returns the √area that 10 % of the boxes fall below in a size; infinite without boxes. */
function smallSide(pictures: readonly FillPicture[], size: Size): number {
  const sides = pictures.flatMap(({ width, height, objects = [] }) => {
    const scale = ((size.width / width) * size.height) / height;
    return objects.map(({ box }) => Math.sqrt(boxArea(box) * scale));
  });
  return sides.length === 0 ? Infinity : quantile(sides, smallShare);
}

/** Returns the value below which a share of the values lies, between two values in proportion. */
function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const at = share * (sorted.length - 1);
  const [low, high] = [sorted[Math.floor(at)]!, sorted[Math.ceil(at)]!];
  return low + (at - Math.floor(at)) * (high - low);
}
