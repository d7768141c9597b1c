import type { PictureData } from "./platform.js";

/** A thumbnail is averaged from an image of this many times its side. */
export const oversampling = 4;

/** Averages by area: each value is the mean over its area, with border pixels weighted by their share. */
export function average({ height, width, data }: PictureData, side: number): PictureData {
  const rows = shares(height, side);
  const columns = shares(width, side);
  const out = new Uint8Array(side * side * 3);
  for (const [y, row] of rows.entries())
    for (const [x, column] of columns.entries())
      for (let c = 0; c < 3; c++) {
        let sum = 0;
        for (const [i, v] of row) for (const [j, u] of column) sum += v * u * data[3 * (i * width + j) + c]!;
        out[3 * (y * side + x) + c] = Math.round(sum);
      }
  return { height: side, width: side, data: out };
}

/** Returns, for each of m equal stretches of a line of n pixels, the covered pixels with weights that sum to 1. */
function shares(n: number, m: number): (readonly [pixel: number, weight: number])[][] {
  return Array.from({ length: m }, (_, k) => {
    const [from, to] = [(k * n) / m, ((k + 1) * n) / m];
    const first = Math.floor(from);
    const count = Math.min(n, Math.ceil(to - 1e-9)) - first;
    return Array.from({ length: count }, (_, i) => {
      const pixel = first + i;
      return [pixel, ((Math.min(to, pixel + 1) - Math.max(from, pixel)) * m) / n] as const;
    });
  });
}
