import type { Box, Size } from "./box.js";

/** The outline of an object. */
export type Shape =
  | {
      /** Rings of one object, each [x1, y1, x2, y2, …] with at least three points. */
      readonly polygons: readonly (readonly number[])[];
    }
  | { readonly runs: RunLengths };

/**
 * A mask as run lengths: column by column, beginning with a run of zeros. Zeros and ones alternate.
 * @see COCO's "uncompressed RLE"
 */
export interface RunLengths extends Size {
  readonly counts: readonly number[];
}

/** Corners of a polygon for an ellipse: it has 99.8 % of the ellipse's area. */
const ellipseCorners = 64;

/** Returns an ellipse as a ring. @param degrees rotation about its centre, clockwise */
export function ringOfEllipse(cx: number, cy: number, rx: number, ry: number, degrees = 0): number[] {
  const ring = Array.from({ length: ellipseCorners }, (_, i) => {
    const angle = (2 * Math.PI * i) / ellipseCorners;
    return [cx + rx * Math.cos(angle), cy + ry * Math.sin(angle)];
  }).flat();
  return rotateRing(ring, cx, cy, degrees);
}

/** Returns a ring rotated about a point. @param degrees clockwise */
export function rotateRing(ring: readonly number[], cx: number, cy: number, degrees: number): number[] {
  const [c, s] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
  return ring.map((v, i) =>
    i % 2 === 0 ? cx + c * (v - cx) - s * (ring[i + 1]! - cy) : cy + s * (ring[i - 1]! - cx) + c * (v - cy),
  );
}

/** Returns the smallest box around a shape; undefined for an empty mask. */
export function boxOfShape(shape: Shape): Box | undefined {
  return "polygons" in shape ? boxOfPolygons(shape.polygons) : boxOfRuns(shape.runs);
}

/** Returns the area of a shape in pixels. Rings that overlap count twice. */
export function areaOfShape(shape: Shape): number {
  if ("runs" in shape) return shape.runs.counts.reduce((sum, n, i) => sum + (i % 2 === 1 ? n : 0), 0);
  return shape.polygons.reduce((sum, ring) => sum + polygonArea(ring), 0);
}

function boxOfPolygons(polygons: readonly (readonly number[])[]): Box | undefined {
  let [x1, y1, x2, y2] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const ring of polygons)
    for (let i = 0; i + 1 < ring.length; i += 2) {
      x1 = Math.min(x1, ring[i]!);
      x2 = Math.max(x2, ring[i]!);
      y1 = Math.min(y1, ring[i + 1]!);
      y2 = Math.max(y2, ring[i + 1]!);
    }
  return x1 <= x2 ? [x1, y1, x2, y2] : undefined;
}

function boxOfRuns({ height, counts }: RunLengths): Box | undefined {
  let [x1, y1, x2, y2] = [Infinity, Infinity, -Infinity, -Infinity];
  let at = 0;
  for (const [i, n] of counts.entries()) {
    if (i % 2 === 1 && n > 0) {
      const last = at + n - 1;
      const [firstColumn, lastColumn] = [Math.floor(at / height), Math.floor(last / height)];
      x1 = Math.min(x1, firstColumn);
      x2 = Math.max(x2, lastColumn + 1);
      // A run over several columns touches the lower edge of one and the upper edge of the next.
      y1 = Math.min(y1, firstColumn === lastColumn ? at % height : 0);
      y2 = Math.max(y2, firstColumn === lastColumn ? (last % height) + 1 : height);
    }
    at += n;
  }
  return x1 < x2 ? [x1, y1, x2, y2] : undefined;
}

/** Returns the area of a ring: ½ |Σ x_i y_{i+1} − x_{i+1} y_i|. */
export function polygonArea(ring: readonly number[]): number {
  let twice = 0;
  const n = ring.length - (ring.length % 2);
  for (let i = 0; i < n; i += 2) {
    const j = (i + 2) % n;
    twice += ring[i]! * ring[j + 1]! - ring[j]! * ring[i + 1]!;
  }
  return Math.abs(twice) / 2;
}

/** Returns a shape with its coordinates multiplied. A mask is resampled to the nearest pixel. */
export function scaleShape(shape: Shape, x: number, y: number): Shape {
  if ("polygons" in shape)
    return { polygons: shape.polygons.map((ring) => ring.map((v, i) => v * (i % 2 === 0 ? x : y))) };
  const { runs } = shape;
  const size = { width: Math.round(runs.width * x), height: Math.round(runs.height * y) };
  const from = pixelsOfRuns(runs);
  const counts: number[] = [];
  let [value, length] = [0, 0];
  for (let column = 0; column < size.width; column++) {
    const source = Math.min(runs.width - 1, Math.floor((column + 0.5) / x));
    for (let row = 0; row < size.height; row++) {
      const next = from[Math.min(runs.height - 1, Math.floor((row + 0.5) / y)) * runs.width + source]!;
      if (next !== value) {
        counts.push(length);
        [value, length] = [next, 0];
      }
      length++;
    }
  }
  return { runs: { ...size, counts: [...counts, length] } };
}

/** Returns a mask as pixels: uint8[height, width], 0 or 1. */
export function pixelsOfRuns({ width, height, counts }: RunLengths): Uint8Array {
  const pixels = new Uint8Array(width * height);
  let at = 0;
  for (const [i, n] of counts.entries()) {
    if (i % 2 === 1)
      for (let k = at; k < at + n; k++) pixels[(k % height) * width + Math.floor(k / height)] = 1;
    at += n;
  }
  return pixels;
}

/**
 * Sets every pixel whose centre is inside a polygon to a value. Rings follow the even–odd rule, so a ring inside another is a hole.
 * @param pixels uint8[height, width]
 */
export function fillPolygons(
  pixels: Uint8Array,
  { width, height }: Size,
  polygons: readonly (readonly number[])[],
  value: number,
): void {
  const box = boxOfPolygons(polygons);
  if (box === undefined) return;
  const first = Math.max(0, Math.floor(box[1] - 0.5));
  const last = Math.min(height - 1, Math.ceil(box[3]));
  for (let row = first; row <= last; row++) {
    const y = row + 0.5;
    const crossings: number[] = [];
    for (const ring of polygons) {
      const n = ring.length - (ring.length % 2);
      for (let i = 0; i < n; i += 2) {
        const j = (i + 2) % n;
        const [xa, ya, xb, yb] = [ring[i]!, ring[i + 1]!, ring[j]!, ring[j + 1]!];
        // A vertex counts for one of its two edges.
        if (ya <= y !== yb <= y) crossings.push(xa + ((y - ya) * (xb - xa)) / (yb - ya));
      }
    }
    crossings.sort((a, b) => a - b);
    for (let i = 0; i + 1 < crossings.length; i += 2) {
      // Centres j + ½ with left ≤ j + ½ < right.
      const from = Math.max(0, Math.ceil(crossings[i]! - 0.5));
      const to = Math.min(width, Math.ceil(crossings[i + 1]! - 0.5));
      if (to > from) pixels.fill(value, row * width + from, row * width + to);
    }
  }
}
