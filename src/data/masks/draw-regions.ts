import type { Size } from "../boxes/box.js";
import { fillPolygons, pixelsOfRuns, type Shape, scaleShape } from "../boxes/shape.js";
import type { LabelMap } from "./label-map.js";

/** A region of a mask. */
export interface MaskRegion {
  /** 0 … 255: the class of its pixels. */
  readonly value: number;
  /** In pixels of the image. */
  readonly shape: Shape;
}

/**
 * Draws the mask of an image in a size. The background is 0, and later regions cover earlier ones. A pixel belongs to a polygon if its
 * centre is inside, by the even–odd rule. Rings of one object may overlap, so each is drawn by itself: only run lengths have holes.
 *
 * @param image size in whose pixels the regions are
 * @param size of the mask. Default: that of the image
 * @example drawRegions([{ value: 1, shape: { polygons: [[0, 0, 2, 0, 2, 2]] } }], { width: 4, height: 2 }).data
 */
export function drawRegions(
  regions: readonly MaskRegion[],
  image: Size,
  { width, height }: Size = image,
): LabelMap {
  const data = new Uint8Array(width * height);
  const [x, y] = [width / image.width, height / image.height];
  for (const { value, shape: stored } of regions) {
    const shape = x === 1 && y === 1 ? stored : scaleShape(stored, x, y);
    if ("polygons" in shape)
      for (const ring of shape.polygons) fillPolygons(data, { width, height }, [ring], value);
    else
      pixelsOfRuns(shape.runs).forEach((inside, i) => {
        if (inside === 1) data[i] = value;
      });
  }
  return { width, height, data };
}
