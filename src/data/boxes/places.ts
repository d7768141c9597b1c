import type { Size } from "./box.js";

/** A grid of places over the picture: a level of the network's features. */
export interface PlaceLevel {
  /** Nominal side of a cell, in pixels of the network's input. */
  readonly stride: number;
  readonly height: number;
  readonly width: number;
  /** Position of the level's first place among all places. */
  readonly first: number;
}

/** The places of all levels at which a network predicts boxes: level by level, in each row by row. */
export interface Places {
  /** P */
  readonly count: number;
  /** float32[P, 2]: x and y in pixels of the network's input. */
  readonly points: Float32Array;
  /** float32[P, 2]: width and height of a cell, sx and sy. */
  readonly strides: Float32Array;
  readonly levels: readonly PlaceLevel[];
}

/**
 * Returns the places of a network: the centres of the cells. On a level of h × w cells over H × W pixels, row i and column j have
 *
 *     sx = W / w              sy = H / h
 *     x = (j + ½) · sx        y = (i + ½) · sy
 *
 * @param levels finest first
 * @param size of the network's input
 * @example placesOf([{ stride: 8, height: 40, width: 52 }], { height: 320, width: 416 }).count // 2080
 */
export function placesOf(levels: readonly Omit<PlaceLevel, "first">[], size: Size): Places {
  const count = levels.reduce((sum, { height, width }) => sum + height * width, 0);
  const [points, strides] = [new Float32Array(2 * count), new Float32Array(2 * count)];
  let at = 0;
  const placed = levels.map(({ stride, height, width }): PlaceLevel => {
    const first = at;
    const [sx, sy] = [size.width / width, size.height / height];
    for (let i = 0; i < height; i++)
      for (let j = 0; j < width; j++, at++) {
        points[2 * at] = (j + 0.5) * sx;
        points[2 * at + 1] = (i + 0.5) * sy;
        strides[2 * at] = sx;
        strides[2 * at + 1] = sy;
      }
    return { stride, height, width, first };
  });
  return { count, points, strides, levels: placed };
}
