import { type Box, boxArea, type Size } from "../boxes/box.js";
import type { BoxItem } from "../boxes/box-dataset.js";
import { fillTransform, intersectBoxes, type Transform, transformBox, wholeBox } from "./transform.js";

/** What a network should find in a picture, in pixels of its input. */
export interface BoxTargets {
  readonly boxes: readonly Box[];
  /** The class of each box, 0 … K − 1. */
  readonly labels: readonly number[];
  /** Regions in which nothing is right or wrong: crowds, and objects of which too little is left. */
  readonly ignored: readonly Box[];
}

/** Smallest share of a box that must be left after cropping. */
const keptShare = 0.25;
/** Share of a box from which on its rest is ignored, not background. */
const ignoredShare = 0.1;
/** Smallest side of a box that must be left, in pixels. */
const keptSide = 4;

/** An annotated picture whose size and objects are known. */
export type AnnotatedSize = Pick<BoxItem, "width" | "height" | "objects">;

/**
 * Returns the targets of a transformed picture. A box is cut off at the edge. It stays if at least 25 % of its area and 4 pixels of
 * each side are left, or as much of a side as the picture shows without augmentation. The rest of a dropped box is ignored if it is
 * at least 10 % of it.
 *
 * @param transform from pixels of the picture to pixels of the network's input
 * @param clip the visible part of the input, in pixels. Default: all of it
 */
export function transformTargets(
  item: AnnotatedSize,
  size: Size,
  transform: Transform,
  clip: Box = wholeBox(size),
): BoxTargets {
  const boxes: Box[] = [];
  const labels: number[] = [];
  const ignored: Box[] = [];
  const plain = fillTransform(item, size);
  for (const { box, label, crowd } of item.objects) {
    const whole = transformBox(box, transform);
    const seen = intersectBoxes(whole, clip);
    const share = boxArea(seen) / boxArea(whole);
    const width = Math.min(keptSide, (box[2] - box[0]) * plain.sx);
    const height = Math.min(keptSide, (box[3] - box[1]) * plain.sy);
    // Coordinates are rounded: a box that only just is as large as required stays.
    const isLarge = seen[2] - seen[0] >= width - 1e-6 && seen[3] - seen[1] >= height - 1e-6;
    if (crowd) {
      if (share > 0) ignored.push(seen);
    } else if (share >= keptShare && isLarge) {
      boxes.push(seen);
      labels.push(label);
    } else if (share >= ignoredShare) ignored.push(seen);
  }
  return { boxes, labels, ignored };
}

/** Returns the targets of a picture that is stretched to the network's input, without augmentation. */
export const boxTargets = (item: AnnotatedSize, size: Size): BoxTargets =>
  transformTargets(item, size, fillTransform(item, size));

/** Joins the targets of several pictures on one canvas. */
export const joinTargets = (all: readonly BoxTargets[]): BoxTargets => ({
  boxes: all.flatMap(({ boxes }) => boxes),
  labels: all.flatMap(({ labels }) => labels),
  ignored: all.flatMap(({ ignored }) => ignored),
});
