/**
 * A box [x1, y1, x2, y2] with x1 ≤ x2 and y1 ≤ y2, in pixels of the upright image. Coordinates are continuous: 0 is the left or upper
 * edge of the image, its width the right edge. A box around one pixel is one unit wide.
 */
export type Box = readonly [x1: number, y1: number, x2: number, y2: number];

/** A predicted box. */
export interface Detection {
  /** Index of the class. */
  readonly label: number;
  /** 0 … 1; higher is more certain. */
  readonly score: number;
  /** In pixels of the original image. */
  readonly box: Box;
}

/** Width and height in pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Returns (x2 − x1) · (y2 − y1). */
export const boxArea = (box: Box): number => (box[2] - box[0]) * (box[3] - box[1]);

/** Returns the area that two boxes share, 0 for boxes that do not overlap. */
export function intersectionArea(a: Box, b: Box): number {
  const width = Math.min(a[2], b[2]) - Math.max(a[0], b[0]);
  const height = Math.min(a[3], b[3]) - Math.max(a[1], b[1]);
  return width > 0 && height > 0 ? width * height : 0;
}

/**
 * Returns the intersection over union, 0 … 1. Two boxes without area have 0.
 *
 *     IoU = I / (A + B − I)
 */
export function boxIou(a: Box, b: Box): number {
  const shared = intersectionArea(a, b);
  return shared === 0 ? 0 : shared / (boxArea(a) + boxArea(b) - shared);
}

/** Returns the part of a box inside an image; undefined if no area is left. */
export function clipBox([x1, y1, x2, y2]: Box, { width, height }: Size): Box | undefined {
  const clipped: Box = [Math.max(0, x1), Math.max(0, y1), Math.min(width, x2), Math.min(height, y2)];
  return clipped[2] > clipped[0] && clipped[3] > clipped[1] ? clipped : undefined;
}

/** Returns a box with its coordinates multiplied. */
export const scaleBox = ([x1, y1, x2, y2]: Box, x: number, y: number): Box => [
  x1 * x,
  y1 * y,
  x2 * x,
  y2 * y,
];
