import type { Places } from "../boxes/places.js";
import type { Assignment } from "./assign-places.js";

/** What the loss of a detector reads for each place of a picture. */
export interface PlaceRows {
  /** float32[P]: the class of each place, K for none. */
  readonly assigned: Float32Array;
  /** float32[P, 4]: distances from the place to the left, upper, right and lower edge of its box, in cells. */
  readonly distances: Float32Array;
  /** float32[P]: 0 for a place that is left out, else 1. */
  readonly counted: Float32Array;
}

/** Returns the rows of an assignment. */
export function placeRows(
  { labels, boxes, weights }: Assignment,
  { count, points, strides }: Places,
): PlaceRows {
  const distances = new Float32Array(4 * count);
  for (let p = 0; p < count; p++) {
    const [x, y] = [points[2 * p]!, points[2 * p + 1]!];
    const [sx, sy] = [strides[2 * p]!, strides[2 * p + 1]!];
    distances[4 * p] = (x - boxes[4 * p]!) / sx;
    distances[4 * p + 1] = (y - boxes[4 * p + 1]!) / sy;
    distances[4 * p + 2] = (boxes[4 * p + 2]! - x) / sx;
    distances[4 * p + 3] = (boxes[4 * p + 3]! - y) / sy;
  }
  return { assigned: Float32Array.from(labels), distances, counted: weights };
}
