import type { Box, Size } from "../boxes/box.js";

/**
 * A map between two pictures, in continuous pixels. A negative factor mirrors.
 *
 *     x' = sx · x + tx        y' = sy · y + ty
 */
export interface Transform {
  readonly sx: number;
  readonly tx: number;
  readonly sy: number;
  readonly ty: number;
}

/** Returns the map that stretches a picture to another size. */
export const fillTransform = (from: Size, to: Size): Transform => ({
  sx: to.width / from.width,
  tx: 0,
  sy: to.height / from.height,
  ty: 0,
});

/** Returns the map that applies `first`, then `second`. */
export const composeTransforms = (first: Transform, second: Transform): Transform => ({
  sx: second.sx * first.sx,
  tx: second.sx * first.tx + second.tx,
  sy: second.sy * first.sy,
  ty: second.sy * first.ty + second.ty,
});

/** Returns the map that mirrors a picture of this width: x' = width − x. */
export const mirrorTransform = (width: number): Transform => ({ sx: -1, tx: width, sy: 1, ty: 0 });

/** Returns a box after a map, its corners in order. */
export function transformBox([x1, y1, x2, y2]: Box, { sx, tx, sy, ty }: Transform): Box {
  const [a, b] = [sx * x1 + tx, sx * x2 + tx];
  const [c, d] = [sy * y1 + ty, sy * y2 + ty];
  return [Math.min(a, b), Math.min(c, d), Math.max(a, b), Math.max(c, d)];
}

/** Returns the box that covers a whole picture. */
export const wholeBox = ({ width, height }: Size): Box => [0, 0, width, height];

/** Returns the box that two boxes share; without an area if they do not overlap. */
export function intersectBoxes(a: Box, b: Box): Box {
  const [x1, y1] = [Math.max(a[0], b[0]), Math.max(a[1], b[1])];
  return [x1, y1, Math.max(x1, Math.min(a[2], b[2])), Math.max(y1, Math.min(a[3], b[3]))];
}
