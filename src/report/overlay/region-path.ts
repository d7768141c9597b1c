import type { Size } from "../../data/boxes/box.js";

/** Steps to the right, down, to the left and up. */
const steps = [
  [1, 0],
  [0, 1],
  [-1, 0],
  [0, -1],
] as const;
/** For each direction, the pixels on the left and on the right ahead, relative to the corner that is reached. */
const ahead = [
  [
    [0, -1],
    [0, 0],
  ],
  [
    [0, 0],
    [-1, 0],
  ],
  [
    [-1, 0],
    [-1, -1],
  ],
  [
    [-1, -1],
    [0, -1],
  ],
] as const;

/**
 * Returns the outline of the pixels with a value, as the `d` attribute of an SVG path. The path runs along the edges of the pixels, one
 * ring for each outer border and each hole; with `fill-rule: evenodd` it fills exactly these pixels. Empty without such a pixel.
 *
 * @param labels uint8[height, width]
 */
export function regionPath(labels: Uint8Array, { width, height }: Size, value: number): string {
  const isInside = (x: number, y: number): boolean =>
    x >= 0 && y >= 0 && x < width && y < height && labels[y * width + x] === value;
  const seen = new Uint8Array(labels.length);
  let path = "";
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      // Every ring has an upper edge of a pixel, walked to the right.
      if (seen[y * width + x] === 0 && isInside(x, y) && !isInside(x, y - 1))
        path += ring(x, y, isInside, (px, py) => {
          seen[py * width + px] = 1;
        });
  return path;
}

/** Follows a border from the upper edge of a pixel, with the inside on the right. */
function ring(
  startX: number,
  startY: number,
  isInside: (x: number, y: number) => boolean,
  see: (x: number, y: number) => void,
): string {
  let path = `M${startX} ${startY}`;
  let [x, y, direction, length] = [startX, startY, 0, 0];
  do {
    if (direction === 0) see(x, y);
    const [dx, dy] = steps[direction]!;
    x += dx;
    y += dy;
    length++;
    const [left, right] = ahead[direction]!;
    // Pixels that touch at a corner only belong to two rings.
    const turn = !isInside(x + right[0], y + right[1]) ? 1 : isInside(x + left[0], y + left[1]) ? 3 : 0;
    if (turn === 0) continue;
    path += direction % 2 === 0 ? `h${dx * length}` : `v${dy * length}`;
    direction = (direction + turn) % 4;
    length = 0;
  } while (x !== startX || y !== startY || direction !== 0);
  return `${path}z`;
}
