import type { Box, Size } from "../boxes/box.js";
import type { Pixels } from "../dataset.js";
import type { LabelMap } from "../masks/label-map.js";
import { type Transform, wholeBox } from "./transform.js";

/** Sum of the weights of an output pixel, as a power of two. */
const weightBits = 14;
/** Bits below the binary point between the two passes: 255 · 2⁸ fits 16 bits. */
const middleBits = 8;

/**
 * Draws a transformed picture on another one, in one resampling. Pixels whose centre lies outside the transformed picture or outside
 * `clip` keep their value.
 *
 * The filter is a triangle: bilinear where the picture grows, and as wide as an output pixel where it shrinks, so that nothing is
 * skipped. With r = max(1, 1 / |s|), the source pixel k counts for the position c with the weight
 *
 *     w_k = max(0, 1 − |k + ½ − c| / r) / Σ w
 *
 * Weights are integers, so every machine gets the same bytes.
 *
 * @param out changed in place
 * @param clip in pixels of `out`. Default: all of it
 */
export function drawPicture(
  out: Pixels,
  source: Pixels,
  transform: Transform,
  clip: Box = wholeBox(out),
): void {
  const { sx, tx, sy, ty } = transform;
  const columns = tapsOf(source.width, sx, tx, rangeOf(clip[0], clip[2], out.width));
  const rows = tapsOf(source.height, sy, ty, rangeOf(clip[1], clip[3], out.height));
  if (columns.starts.length === 0 || rows.starts.length === 0) return;
  const first = rows.starts.reduce((a, b) => Math.min(a, b));
  const last = rows.starts.reduce((a, b) => Math.max(a, b)) + rows.count;
  const middle = resampleRows(source, columns, first, last);
  mixRows(out, middle, { ...rows, starts: rows.starts.map((row) => row - first) }, columns);
}

/** The source pixels of output pixels along one side. */
interface Taps {
  /** First output pixel. */
  readonly first: number;
  /** Number of source pixels for each output pixel. */
  readonly count: number;
  /** First source pixel of each output pixel. */
  readonly starts: Int32Array;
  /** int32[outputs, count]; the weights of an output add up to 2^weightBits. */
  readonly weights: Int32Array;
}

/** Returns the output pixels whose centres lie in [low, high). */
function rangeOf(low: number, high: number, length: number): readonly [from: number, to: number] {
  const from = Math.max(0, Math.ceil(low - 0.5));
  // A part outside the picture has no pixels.
  return [from, Math.max(from, Math.min(length, Math.ceil(high - 0.5)))];
}

/** Returns the positions [from, to) of a range whose centres lie inside a source of `length` pixels. */
function insideOf(
  length: number,
  scale: number,
  shift: number,
  [from, to]: readonly [number, number],
): readonly [from: number, to: number] {
  const isInside = (i: number): boolean => {
    const c = (i + 0.5 - shift) / scale;
    return c >= 0 && c < length;
  };
  while (from < to && !isInside(from)) from++;
  while (to > from && !isInside(to - 1)) to--;
  return [from, to];
}

function tapsOf(length: number, scale: number, shift: number, range: readonly [number, number]): Taps {
  const [from, to] = insideOf(length, scale, shift, range);
  const radius = Math.max(1, 1 / Math.abs(scale));
  // An open interval of the length 2 r holds at most ⌈2 r⌉ integers.
  const count = Math.min(length, Math.ceil(2 * radius));
  const starts = new Int32Array(to - from);
  const weights = new Int32Array((to - from) * count);
  const raw = new Float64Array(count);
  for (let i = from; i < to; i++) {
    const c = (i + 0.5 - shift) / scale;
    const start = Math.min(length - count, Math.max(0, Math.floor(c - radius - 0.5) + 1));
    let sum = 0;
    for (let k = 0; k < count; k++) {
      raw[k] = Math.max(0, 1 - Math.abs(start + k + 0.5 - c) / radius);
      sum += raw[k]!;
    }
    starts[i - from] = start;
    const at = (i - from) * count;
    let [left, largest] = [2 ** weightBits, 0];
    for (let k = 0; k < count; k++) {
      const weight = Math.round((raw[k]! / sum) * 2 ** weightBits);
      weights[at + k] = weight;
      left -= weight;
      if (raw[k]! > raw[largest]!) largest = k;
    }
    weights[at + largest]! += left;
  }
  return { first: from, count, starts, weights };
}

/** Resamples the rows [first, last) along their length: uint16[last − first, columns, 3] with `middleBits` binary places. */
function resampleRows(
  { data, width }: Pixels,
  { count, starts, weights }: Taps,
  first: number,
  last: number,
): Uint16Array {
  const columns = starts.length;
  const out = new Uint16Array((last - first) * columns * 3);
  const shift = weightBits - middleBits;
  const half = 1 << (shift - 1);
  let o = 0;
  for (let row = first; row < last; row++) {
    const base = row * width;
    for (let j = 0, w = 0; j < columns; j++) {
      let [r, g, b] = [half, half, half];
      for (let s = 3 * (base + starts[j]!), end = s + 3 * count; s < end; s += 3) {
        const weight = weights[w++]!;
        r += weight * data[s]!;
        g += weight * data[s + 1]!;
        b += weight * data[s + 2]!;
      }
      out[o] = r >> shift;
      out[o + 1] = g >> shift;
      out[o + 2] = b >> shift;
      o += 3;
    }
  }
  return out;
}

/** Adds up resampled rows with their weights, and writes them to their place in `out`. */
function mixRows(out: Pixels, middle: Uint16Array, rows: Taps, columns: Taps): void {
  const length = 3 * columns.starts.length;
  const shift = weightBits + middleBits;
  const half = 2 ** (shift - 1);
  const sums = new Int32Array(length);
  for (let i = 0; i < rows.starts.length; i++) {
    sums.fill(half);
    for (let k = 0; k < rows.count; k++) {
      const weight = rows.weights[i * rows.count + k]!;
      if (weight === 0) continue;
      const from = (rows.starts[i]! + k) * length;
      for (let j = 0; j < length; j++) sums[j]! += weight * middle[from + j]!;
    }
    const to = 3 * ((rows.first + i) * out.width + columns.first);
    for (let j = 0; j < length; j++) out.data[to + j] = sums[j]! >> shift;
  }
}

/**
 * Draws transformed labels on other ones, by the nearest pixel: labels in between do not exist. Pixels whose centre lies outside the
 * transformed labels keep their value.
 * @param out changed in place
 */
export function drawLabels(out: LabelMap, source: LabelMap, { sx, tx, sy, ty }: Transform): void {
  const [left, right] = insideOf(source.width, sx, tx, [0, out.width]);
  const [top, bottom] = insideOf(source.height, sy, ty, [0, out.height]);
  const columns = Int32Array.from({ length: right - left }, (_, j) => Math.floor((left + j + 0.5 - tx) / sx));
  for (let i = top; i < bottom; i++) {
    const from = Math.floor((i + 0.5 - ty) / sy) * source.width;
    const to = i * out.width + left;
    for (let j = 0; j < columns.length; j++) out.data[to + j] = source.data[from + columns[j]!]!;
  }
}

/** Returns a picture of one colour. */
export function plainPicture({ width, height }: Size, [r, g, b]: readonly [number, number, number]): Pixels {
  const data = new Uint8Array(width * height * 3);
  for (let o = 0; o < data.length; o += 3) {
    data[o] = r;
    data[o + 1] = g;
    data[o + 2] = b;
  }
  return { width, height, data };
}
