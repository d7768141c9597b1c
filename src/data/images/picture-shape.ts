/** Side of the thumbnails that are compared, in pixels. */
export const thumbnailSide = 32;
const side = thumbnailSide;
const pixels = side * side;
const centre = (side - 1) / 2;

/** The structure of a picture: what remains without brightness, contrast, shading and a flat frame. */
export interface PictureShape {
  /** float32[side, side]: edges and texture, see {@link localContrast}. */
  readonly whole: Float32Array;
  /** float32[side, side]: fine edges and texture, by which aligned pictures are compared. */
  readonly detail: Float32Array;
  /** float32[side, side]: the middle of the picture, without the corners that a rotation leaves empty. */
  readonly core: Float32Array;
  /** float32[side, side]: red minus blue, less what the grey levels explain of it. It is 0 in grey and in brown pictures. */
  readonly colour: Float32Array;
  /** Share of the pixels of the middle that differ little from their neighbours, 0 … 1: plain surfaces. */
  readonly flat: number;
  /** Standard deviation of the grey levels. */
  readonly deviation: number;
}

/** Share of height and width that {@link PictureShape.core} shows. A square turned by 10° is full up to 1 / (cos 10° + sin 10°) = 0.86. */
const coreShare = 0.85;

/** A part of a picture: its side as a share of the picture's, the offset of its middle in pixels, and its angle in radians. */
export interface View {
  readonly scale: number;
  readonly x: number;
  readonly y: number;
  /** Default: 0. */
  readonly angle?: number;
}

const corner = side / 8;
const tilt = Math.PI / 20;
/**
 * The parts by which a picture looks for its copies: the whole, its core, the core turned by 9° to both sides, and three quarters of the
 * core's height and width in five places.
 */
export const views: readonly View[] = [
  { scale: 1, x: 0, y: 0 },
  { scale: coreShare, x: 0, y: 0 },
  { scale: coreShare, x: 0, y: 0, angle: tilt },
  { scale: coreShare, x: 0, y: 0, angle: -tilt },
  ...[
    [0, 0],
    [-corner, -corner],
    [corner, -corner],
    [-corner, corner],
    [corner, corner],
  ].map(([x, y]) => ({ scale: 0.75 * coreShare, x: x!, y: y! })),
];

/** Quarter turns with and without a mirror: 0 … 3 turn the picture, 4 … 7 its mirror image. */
export const turns = [0, 1, 2, 3, 4, 5, 6, 7] as const;

/** Returns the place in the picture of a place in the turned one, both relative to the middle. */
function turnedPlace(turn: number, x: number, y: number): readonly [number, number] {
  let [u, v] = [x, y];
  for (let k = 0; k < turn % 4; k++) [u, v] = [v, -u];
  return [turn >= 4 ? -u : u, v];
}

/** Returns a turned plane. @param plane float32[side, side] */
export function turned(plane: Float32Array, turn: number): Float32Array {
  if (turn === 0) return plane;
  const out = new Float32Array(pixels);
  for (let y = 0; y < side; y++)
    for (let x = 0; x < side; x++) {
      const [u, v] = turnedPlace(turn, x - centre, y - centre);
      out[y * side + x] = plane[(v + centre) * side + u + centre]!;
    }
  return out;
}

/** Returns a view of the turned picture that shows what a view of the picture shows. */
export function turnedView({ scale, x, y, angle = 0 }: View, turn: number): Required<View> {
  const turnedAngle = turn >= 4 ? -angle : angle;
  for (const back of turns) {
    const [u, v] = turnedPlace(back, x, y);
    const [p, q] = turnedPlace(turn, u, v);
    if (p === x && q === y) return { scale, x: u, y: v, angle: turnedAngle };
  }
  return { scale, x, y, angle: turnedAngle };
}

/** Returns the middle of a plane. */
export const coreOf = (plane: Float32Array): Float32Array => sampled(plane, views[1]!);

/** Returns the structure of a picture. @param thumbnail uint8[side, side, 3] */
export function shapeOf(thumbnail: Uint8Array): PictureShape {
  const gray = new Float32Array(pixels);
  const colour = new Float32Array(pixels);
  for (let i = 0; i < pixels; i++) {
    const [r, g, b] = [thumbnail[3 * i]!, thumbnail[3 * i + 1]!, thumbnail[3 * i + 2]!];
    // Luma of ITU-R BT.601.
    gray[i] = 0.299 * r + 0.587 * g + 0.114 * b;
    colour[i] = r - b;
  }
  const frame = frameOf(gray);
  const cut = (plane: Float32Array) => (frame ? sampled(plane, frame) : plane);
  const framed = cut(gray);
  const whole = localContrast(framed, shading);
  return {
    whole,
    detail: localContrast(framed, fine),
    core: coreOf(whole),
    ...flatness(framed),
    colour: cut(without(colour, gray)),
  };
}

/** Largest range of a flat pixel and its four neighbours, in standard deviations of the grey levels. */
const flatPixel = 0.06;

/** Returns the standard deviation of a plane, and the share of flat pixels in its middle. */
function flatness(gray: Float32Array): Pick<PictureShape, "flat" | "deviation"> {
  let [sum, squares] = [0, 0];
  for (const v of gray) {
    sum += v;
    squares += v * v;
  }
  const deviation = Math.sqrt(Math.max(0, squares / pixels - (sum / pixels) ** 2));
  const border = 3;
  let flat = 0;
  for (let y = border; y < side - border; y++)
    for (let x = border; x < side - border; x++) {
      const at = y * side + x;
      const [a, b, c, d, e] = [gray[at]!, gray[at - 1]!, gray[at + 1]!, gray[at - side]!, gray[at + side]!];
      if (Math.max(a, b, c, d, e) - Math.min(a, b, c, d, e) <= flatPixel * deviation) flat++;
    }
  return { deviation, flat: flat / (side - 2 * border) ** 2 };
}

/** Returns the residuals of a linear regression of y on x. */
function without(y: Float32Array, x: Float32Array): Float32Array {
  let [sx, sy, xx, xy] = [0, 0, 0, 0];
  for (let i = 0; i < pixels; i++) {
    sx += x[i]!;
    sy += y[i]!;
    xx += x[i]! * x[i]!;
    xy += x[i]! * y[i]!;
  }
  const variance = xx - (sx * sx) / pixels;
  const slope = variance > 0 ? (xy - (sx * sy) / pixels) / variance : 0;
  const offset = (sy - slope * sx) / pixels;
  return y.map((v, i) => v - slope * x[i]! - offset);
}

/** A part with sides of its own. */
interface Part extends View {
  /** Height as a share of the picture's. Default: `scale`. */
  readonly height?: number;
}

/** Samples a part of a plane at side × side places, bilinearly. Places outside repeat the edge. */
export function sampled(plane: Float32Array, part: Part): Float32Array {
  const { scale, x: dx, y: dy, height = scale, angle = 0 } = part;
  const out = new Float32Array(pixels);
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  const inside = (at: number) => Math.min(side - 1.001, Math.max(0, at));
  for (let q = -centre, k = 0; q <= centre; q++)
    for (let p = -centre; p <= centre; p++, k++) {
      const u = inside(centre + dx + scale * c * p - height * s * q);
      const v = inside(centre + dy + scale * s * p + height * c * q);
      const at = Math.floor(v) * side + Math.floor(u);
      const f = u - Math.floor(u);
      const upper = plane[at]! * (1 - f) + plane[at + 1]! * f;
      const lower = plane[at + side]! * (1 - f) + plane[at + side + 1]! * f;
      out[k] = upper + (lower - upper) * (v - Math.floor(v));
    }
  return out;
}

/** Largest range of the grey levels of a flat line. JPEG changes them by two or three. */
const flatRange = 5;

/** Returns the part inside a frame of one grey level, of up to a quarter on each side; undefined without one. */
function frameOf(gray: Float32Array): Part | undefined {
  const isFlat = (from: number, step: number): boolean => {
    let [least, most] = [gray[from]!, gray[from]!];
    for (let k = 1; k < side; k++) {
      const v = gray[from + k * step]!;
      if (v < least) least = v;
      if (v > most) most = v;
    }
    return most - least <= flatRange;
  };
  const flatLines = (lineAt: (k: number) => number, step: number): number => {
    let k = 0;
    while (k < side / 4 && isFlat(lineAt(k), step)) k++;
    return k;
  };
  const isSame = Math.abs(gray[0]! - gray[pixels - 1]!) <= flatRange;
  // Two opposite sides, and one line more: the last one of a frame is mixed with the picture.
  const pair = (first: number, last: number) =>
    first > 0 && last > 0 && isSame ? [first + 1, last + 1] : [0, 0];
  const [top, bottom] = pair(
    flatLines((k) => k * side, 1),
    flatLines((k) => (side - 1 - k) * side, 1),
  ) as [number, number];
  const [left, right] = pair(
    flatLines((k) => k, side),
    flatLines((k) => side - 1 - k, side),
  ) as [number, number];
  if (top === 0 && left === 0) return undefined;
  return {
    scale: (side - left - right) / side,
    height: (side - top - bottom) / side,
    x: (left - right) / 2,
    y: (top - bottom) / 2,
  };
}

/**
 * Half the widths of the neighbourhoods whose mean {@link localContrast} takes away, in pixels. Without fine detail, a blurred picture would
 * fit many others.
 */
const [shading, fine] = [5, 2] as const;
/** Grey levels that are added to the local deviation, so that noise and rounding stay small. */
const noise = 2;

/** Returns (g − mean g) / (deviation g + 2). The deviation is over 11 × 11 pixels around each pixel, the mean over those within `reach`. */
function localContrast(gray: Float32Array, reach: number): Float32Array {
  const [mean, wide] = [boxMean(gray, reach), boxMean(gray, shading)];
  const square = boxMean(
    gray.map((g, i) => (g - wide[i]!) ** 2),
    shading,
  );
  return gray.map((g, i) => (g - mean[i]!) / (Math.sqrt(square[i]!) + noise));
}

/** Means over the pixels around each pixel, inside the picture. */
function boxMean(plane: Float32Array, reach: number): Float32Array {
  const half = new Float32Array(pixels);
  lineMeans(plane, half, side, 1, reach);
  const out = new Float32Array(pixels);
  lineMeans(half, out, 1, side, reach);
  return out;
}

/** Means along lines. @param line from one line to the next @param step from one place of a line to the next */
function lineMeans(plane: Float32Array, out: Float32Array, line: number, step: number, reach: number): void {
  const sums = new Float64Array(side + 1);
  for (let k = 0; k < side; k++) {
    for (let i = 0; i < side; i++) sums[i + 1] = sums[i]! + plane[k * line + i * step]!;
    for (let i = 0; i < side; i++) {
      const [from, to] = [Math.max(0, i - reach), Math.min(side, i + reach + 1)];
      out[k * line + i * step] = (sums[to]! - sums[from]!) / (to - from);
    }
  }
}

/** Cells a side, and directions of a cell. */
const [cells, directions] = [4, 8] as const;
/** Values of a description. */
export const descriptionSize = cells * cells * directions;

/**
 * Describes a plane by the square roots of its gradients' sums, over 8 directions in 4 × 4 cells, as a vector of length 1.
 * @see Dalal and Triggs, "Histograms of oriented gradients for human detection", 2005
 */
export function describe(plane: Float32Array): Float32Array {
  const out = new Float32Array(descriptionSize);
  for (let y = 1; y < side - 1; y++)
    for (let x = 1; x < side - 1; x++) {
      const at = y * side + x;
      const gx = plane[at + 1]! - plane[at - 1]!;
      const gy = plane[at + side]! - plane[at - side]!;
      const length = Math.sqrt(gx * gx + gy * gy);
      if (length < 1e-6) continue;
      const angle = ((Math.atan2(gy, gx) / (2 * Math.PI) + 1) % 1) * directions;
      const bin = Math.floor(angle) % directions;
      const part = angle - Math.floor(angle);
      const u = ((x + 0.5) / side) * cells - 0.5;
      const v = ((y + 0.5) / side) * cells - 0.5;
      for (let corner = 0; corner < 4; corner++) {
        const p = Math.floor(u) + (corner & 1);
        const q = Math.floor(v) + (corner >> 1);
        if (p < 0 || q < 0 || p >= cells || q >= cells) continue;
        const weight = length * (1 - Math.abs(u - p)) * (1 - Math.abs(v - q));
        const cell = (q * cells + p) * directions;
        out[cell + bin]! += weight * (1 - part);
        out[cell + ((bin + 1) % directions)]! += weight * part;
      }
    }
  let sum = 0;
  for (const value of out) sum += value;
  return out.map((value) => Math.sqrt(value / (sum || 1)));
}

/** For each turn, the value of a description that becomes value i of the turned one. */
const turnedValues = turns.map((turn) =>
  Int32Array.from({ length: descriptionSize }, (_, i) => {
    const [cell, bin] = [Math.floor(i / directions), i % directions];
    const middle = (cells - 1) / 2;
    const [u, v] = turnedPlace(turn, (cell % cells) - middle, Math.floor(cell / cells) - middle);
    const angle = (2 * Math.PI * bin) / directions;
    const [dx, dy] = turnedPlace(turn, Math.cos(angle), Math.sin(angle));
    const from = Math.round((Math.atan2(dy, dx) / (2 * Math.PI)) * directions + directions) % directions;
    return ((v + middle) * cells + u + middle) * directions + from;
  }),
);

/** Writes the description of the turned picture into `out`. */
export function turnDescription(values: Float32Array, turn: number, out: Float32Array): Float32Array {
  const from = turnedValues[turn]!;
  for (let i = 0; i < descriptionSize; i++) out[i] = values[from[i]!]!;
  return out;
}
