/** Side of the thumbnail that pictures are compared by, in pixels. */
export const thumbnailSide = 12;

/** Values of a thumbnail: uint8[side, side, 3]. */
const size = thumbnailSide * thumbnailSide * 3;

/**
 * Pictures of less contrast than this (standard deviation of the thumbnail's values, 0 … 127) have nothing to
 * be known by: a wall looks like a wall. Only exact copies of them are found.
 */
const leastDeviation = 4;

/**
 * Groups of pictures that show the same thing: exact copies, and copies that were scaled, recompressed or
 * made a little lighter or darker. Mirrored, rotated or cropped copies are not found. Compares all with all
 * by a few numbers each: about a second for 20,000 pictures, four times that for twice as many.
 *
 * @param items in any order; the groups do not depend on it
 * @returns for each item the lowest position of its group: exact copies alone, and with near copies
 */
export function groupLookAlikes(
  items: readonly { readonly sha256: string; readonly thumbnail: Uint8Array }[],
): {
  readonly exact: Int32Array;
  readonly near: Int32Array;
} {
  const exact = new Int32Array(items.length);
  const first = new Map<string, number>();
  for (const [i, { sha256 }] of items.entries()) {
    const same = first.get(sha256);
    if (same === undefined) first.set(sha256, i);
    exact[i] = same ?? i;
  }
  const near = Int32Array.from(exact);
  const basis = lowFrequencies();
  const signs: Sign[] = [];
  for (const i of first.values()) {
    const sign = signOf(i, items[i]!.thumbnail, basis);
    if (sign.deviation >= leastDeviation) signs.push(sign);
  }
  signs.sort((a, b) => a.low[0]! - b.low[0]!);
  // One flat array: the loop below runs n² / 10 times, and then memory is what counts.
  const patterns = basis.length;
  const low = new Float32Array(signs.length * patterns);
  for (const [k, sign] of signs.entries()) low.set(sign.low, k * patterns);
  for (let k = 1; k < signs.length; k++) {
    const a = signs[k]!;
    const [a0, a1, a2] = [a.low[0]!, a.low[1]!, a.low[2]!];
    const reach = difference((a.deviation + leastDeviation) / 2);
    for (let m = k - 1, at = m * patterns; m >= 0; m--, at -= patterns) {
      const d0 = a0 - low[at]!;
      if (d0 > reach) break;
      const d1 = a1 - low[at + 1]!;
      const d2 = a2 - low[at + 2]!;
      if (d0 * d0 + d1 * d1 + d2 * d2 > reach * reach) continue;
      const b = signs[m]!;
      if (!maybeAlike(a, b)) continue;
      const [x, y] = [root(near, a.item), root(near, b.item)];
      if (x !== y && alike(a, b)) near[Math.max(x, y)] = Math.min(x, y);
    }
  }
  for (let i = 0; i < near.length; i++) near[i] = root(near, i);
  return { exact, near };
}

/** The lowest member of i's group; shortens the way for the next time. */
function root(parents: Int32Array, i: number): number {
  while (parents[i] !== i) {
    parents[i] = parents[parents[i]!]!;
    i = parents[i]!;
  }
  return i;
}

/** What is compared of a picture. */
interface Sign {
  readonly item: number;
  readonly thumbnail: Uint8Array;
  readonly mean: number;
  /** Standard deviation of all values. */
  readonly deviation: number;
  /** Coordinates of (thumbnail − mean) / (deviation √size), a vector of length 1, along {@link lowFrequencies}. */
  readonly low: Float32Array;
}

function signOf(item: number, thumbnail: Uint8Array, basis: readonly Float64Array[]): Sign {
  let sum = 0;
  let squares = 0;
  for (let i = 0; i < size; i++) {
    const v = thumbnail[i]!;
    sum += v;
    squares += v * v;
  }
  const mean = sum / size;
  const deviation = Math.sqrt(Math.max(0, squares / size - mean * mean));
  const low = new Float32Array(basis.length);
  for (const [k, wave] of basis.entries()) {
    let dot = 0;
    for (let i = 0; i < size; i++) dot += wave[i]! * (thumbnail[i]! - mean);
    low[k] = deviation === 0 ? 0 : dot / (deviation * Math.sqrt(size));
  }
  return { item, thumbnail, mean, deviation, low };
}

/** Orthonormal patterns on uint8[side, side, 3]: low cosines in y and x of the gray picture, and red against blue. */
function lowFrequencies(): Float64Array[] {
  const orders = [
    [0, 1],
    [1, 0],
    [1, 1],
    [0, 2],
    [2, 0],
    [1, 2],
    [2, 1],
  ] as const;
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

/** The most that alike pictures differ by, rms, as a share of their deviation. */
function difference(deviation: number): number {
  return 0.1 + 0.5 / deviation;
}

/**
 * Necessary for {@link alike}: for x, y of any length |x/|x| − y/|y|| ≤ 2 |x − y| / (|x| + |y|) (Dunkl and
 * Williams 1964), and the coordinates along a few orthonormal patterns differ by no more than the whole.
 */
function maybeAlike(a: Sign, b: Sign): boolean {
  const most = difference((a.deviation + b.deviation) / 2);
  let budget = most * most;
  for (let k = 0; k < a.low.length; k++) {
    const d = a.low[k]! - b.low[k]!;
    budget -= d * d;
    if (budget < 0) return false;
  }
  return true;
}

/**
 * With d = (a − mean a) − (b − mean b): rms(d) ≤ 0.1 σ + 0.5 and max |d| ≤ 0.5 σ + 4, and the means within
 * 16 of 255; 0.5 and 4 are what rounding alone can make. Measured: photographs of 256 pixels against their own
 * copies (JPEG at quality 50, WebP at 60, half the size, 5 % lighter) have rms(d) / σ up to 0.08, against
 * other photographs from 0.6 on; rendered surfaces, which are much alike, from 0.23 on.
 */
function alike(a: Sign, b: Sign): boolean {
  const shift = a.mean - b.mean;
  if (Math.abs(shift) > 16) return false;
  const deviation = (a.deviation + b.deviation) / 2;
  const rms = difference(deviation) * deviation;
  const most = 0.5 * deviation + 4;
  const budget = rms * rms * size;
  let spent = 0;
  for (let i = 0; i < size; i++) {
    const d = a.thumbnail[i]! - b.thumbnail[i]! - shift;
    spent += d * d;
    if (spent > budget || Math.abs(d) > most) return false;
  }
  return true;
}
