import { join, root } from "../split/groups.js";
import { type RowTree, treeOf, visitNearPairs } from "./near-pairs.js";

/** Side of the thumbnails that are compared value by value, in pixels. JPEG changes them less than larger ones. */
export const coarseSide = 12;
const thumbnailSide = coarseSide;

/** Values of a thumbnail: uint8[side, side, 3]. */
const size = thumbnailSide * thumbnailSide * 3;

/**
 * Images with less contrast (standard deviation of the thumbnail's values, 0 … 127) have no distinctive features. Only
 * exact copies of them are found.
 */
export const minDeviation = 4;

/**
 * Joins the groups of images that are equal value by value: scaled, recompressed, slightly lighter or darker, or mirrored. The groups do not
 * depend on the order.
 *
 * @param shown returns a thumbnail, uint8[12, 12, 3]
 * @param count number of images, with exact copies
 * @param own positions of the images, without exact copies
 * @param near is changed
 */
export function joinEqualPictures(
  shown: (i: number) => Uint8Array,
  count: number,
  own: readonly number[],
  near: Int32Array,
): void {
  // Each image twice: unchanged, and mirrored, from position `count` on.
  const pictureOf = (i: number): number => (i < count ? i : own[i - count]!);
  // Mirror images are computed when needed, one at a time: stored, they would double the memory of the thumbnails.
  const mirror = new Uint8Array(size);
  const thumbnailOf = (i: number): Uint8Array => {
    const thumbnail = shown(pictureOf(i));
    return i < count ? thumbnail : mirrored(thumbnail, mirror);
  };
  const signatures = signaturesOf(shown, count, own);
  const { item, tree } = signatures;
  visitNearPairs(
    tree,
    patterns,
    (one, other) => difference((one + other) / 2),
    (k, m) => {
      const [a, b] = [item[k]!, item[m]!];
      // Two mirror images are as similar as their images.
      if ((a >= count && b >= count) || !maybeAlike(signatures, k, m)) return;
      const [x, y] = [root(near, pictureOf(a)), root(near, pictureOf(b))];
      if (x !== y && nearlyEqual(signatures, k, m, thumbnailOf(a), thumbnailOf(b))) join(near, x, y);
    },
  );
}

/** y[i, j] = x[i, side - 1 - j], written into `image`. */
function mirrored(thumbnail: Uint8Array, image: Uint8Array): Uint8Array {
  const row = 3 * thumbnailSide;
  for (let i = 0; i < size; i++) {
    const [x, c] = [Math.floor((i % row) / 3), i % 3];
    image[i] = thumbnail[i - (i % row) + 3 * (thumbnailSide - 1 - x) + c]!;
  }
  return image;
}

/** The compared values of images, one row each, in the order of `tree`. Flat arrays need less memory than objects. */
interface Signatures {
  readonly item: Int32Array;
  readonly mean: Float64Array;
  /** Standard deviation of all values. */
  readonly deviation: Float64Array;
  /**
   * float32[count, patterns]: coordinates of (thumbnail − mean) / (deviation √size), a vector of length 1, along
   * {@link lowFrequencies}.
   */
  readonly low: Float32Array;
  /** The tree of the coordinates, with the deviations as weights. */
  readonly tree: RowTree;
}

/** Computes the values to compare. @param own positions of the images; their mirror images follow as images + 0, 1, … */
function signaturesOf(shown: (i: number) => Uint8Array, images: number, own: readonly number[]): Signatures {
  const mean = new Float64Array(2 * own.length);
  const deviation = new Float64Array(2 * own.length);
  const item = new Int32Array(2 * own.length);
  const low = new Float32Array(2 * own.length * patterns);
  const basis = lowFrequencies();
  let count = 0;
  for (const [at, i] of own.entries()) {
    const thumbnail = shown(i);
    let sum = 0;
    let squares = 0;
    for (let j = 0; j < size; j++) {
      const v = thumbnail[j]!;
      sum += v;
      squares += v * v;
    }
    const m = sum / size;
    const sd = Math.sqrt(Math.max(0, squares / size - m * m));
    if (sd < minDeviation) continue;
    item[count] = i;
    item[count + 1] = images + at;
    mean.fill(m, count, count + 2);
    deviation.fill(sd, count, count + 2);
    for (let k = 0; k < patterns; k++) {
      const wave = basis[k]!;
      let dot = 0;
      for (let j = 0; j < size; j++) dot += wave[j]! * (thumbnail[j]! - m);
      const coordinate = dot / (sd * Math.sqrt(size));
      low[count * patterns + k] = coordinate;
      low[(count + 1) * patterns + k] = odd[k] ? -coordinate : coordinate;
    }
    count += 2;
  }
  const tree = treeOf(low, patterns, deviation.subarray(0, count));
  const sorted = new Float32Array(count * patterns);
  tree.order.forEach((at, k) => {
    sorted.set(low.subarray(at * patterns, (at + 1) * patterns), k * patterns);
  });
  return {
    item: tree.order.map((at) => item[at]!),
    mean: Float64Array.from(tree.order, (at) => mean[at]!),
    deviation: Float64Array.from(tree.order, (at) => deviation[at]!),
    low: sorted,
    tree,
  };
}

/** Orders of the cosine patterns in y and x. One further pattern compares red and blue. */
const orders = [
  [0, 1],
  [1, 0],
  [1, 1],
  [0, 2],
  [2, 0],
  [1, 2],
  [2, 1],
] as const;
const patterns = orders.length + 1;
/** Patterns whose sign changes in a mirror image. */
const odd = [...orders.map(([, u]) => u % 2 === 1), false];

/** Returns orthonormal patterns on uint8[side, side, 3], see {@link orders}. */
function lowFrequencies(): Float64Array[] {
  const cosine = (u: number, x: number) => Math.cos(((2 * x + 1) * u * Math.PI) / (2 * thumbnailSide));
  const pattern = (value: (y: number, x: number, c: number) => number) => {
    const wave = Float64Array.from({ length: size }, (_, i) =>
      value(Math.floor(i / (3 * thumbnailSide)), Math.floor(i / 3) % thumbnailSide, i % 3),
    );
    const length = Math.hypot(...wave);
    return wave.map((v) => v / length);
  };
  return [
    ...orders.map(([v, u]) => pattern((y, x) => cosine(v, y) * cosine(u, x))),
    pattern((_, __, c) => 1 - c),
  ];
}

/** Returns the largest rms difference of near copies, relative to their deviation. */
function difference(deviation: number): number {
  return 0.1 + 0.5 / deviation;
}

/**
 * Returns a necessary condition of {@link nearlyEqual}: for x, y of any length |x/|x| − y/|y|| ≤ 2 |x − y| / (|x| +
 * |y|) (Dunkl and Williams 1964), and the coordinates along a few orthonormal patterns differ by no more than the
 * vectors.
 */
function maybeAlike({ deviation, low }: Signatures, a: number, b: number): boolean {
  const most = difference((deviation[a]! + deviation[b]!) / 2);
  let budget = most * most;
  for (let k = 0; k < patterns; k++) {
    const d = low[a * patterns + k]! - low[b * patterns + k]!;
    budget -= d * d;
    if (budget < 0) return false;
  }
  return true;
}

/**
 * Returns true for near copies. With d = (a − mean a) − (b − mean b): rms(d) ≤ 0.1 σ + 0.5 and max |d| ≤ 0.5 σ + 4, and the means
 * differ by at most 16 of 255. 0.5 and 4 allow for rounding.
 *
 * Measured rms(d) / σ of photographs of 256 pixels: at most 0.08 to their copies (JPEG at quality 50, WebP at 60, half the size, 5 %
 * lighter), and at least 0.6 to each other. Rendered surfaces, which are similar, have at least 0.23.
 */
function nearlyEqual(
  signs: Signatures,
  a: number,
  b: number,
  first: Uint8Array,
  second: Uint8Array,
): boolean {
  const shift = signs.mean[a]! - signs.mean[b]!;
  if (Math.abs(shift) > 16) return false;
  const deviation = (signs.deviation[a]! + signs.deviation[b]!) / 2;
  const rms = difference(deviation) * deviation;
  const most = 0.5 * deviation + 4;
  const budget = rms * rms * size;
  let spent = 0;
  for (let i = 0; i < size; i++) {
    const d = first[i]! - second[i]! - shift;
    spent += d * d;
    if (spent > budget || Math.abs(d) > most) return false;
  }
  return true;
}
