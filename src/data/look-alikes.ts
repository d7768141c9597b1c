import type { Pixels } from "./dataset.js";

/** Side of the thumbnail that pictures are compared by, in pixels. */
export const thumbnailSide = 12;

/**
 * Groups of pictures that show the same thing: exact copies, and copies that were scaled, recompressed or
 * made a little lighter or darker. Two steps: a 64-bit perceptual hash finds candidates, the distance of the
 * thumbnails decides. Mirrored, rotated or strongly cropped copies are not found.
 *
 * @param items in any order; the groups do not depend on it
 * @returns for each item the lowest position of its group, for exact copies alone and with near copies
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
  const index = new HashIndex(first.size);
  const signs = new Map<number, Sign>();
  for (const i of first.values()) {
    const sign = signOf(items[i]!.thumbnail);
    // A picture of one tone looks like every other one: only exact copies of it are known.
    if (sign.deviation < 4) continue;
    signs.set(i, sign);
    for (const j of index.candidates(sign.hash)) {
      const a = root(near, i);
      const b = root(near, j);
      if (a !== b && alike(sign, signs.get(j)!)) near[Math.max(a, b)] = Math.min(a, b);
    }
    index.add(i, sign.hash);
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
  /** uint8[side, side, 3] */
  readonly thumbnail: Uint8Array;
  readonly mean: number;
  /** Standard deviation of all values. */
  readonly deviation: number;
  readonly hash: readonly [number, number];
}

function signOf(thumbnail: Uint8Array): Sign {
  let sum = 0;
  let squares = 0;
  for (const v of thumbnail) {
    sum += v;
    squares += v * v;
  }
  const mean = sum / thumbnail.length;
  return {
    thumbnail,
    mean,
    deviation: Math.sqrt(Math.max(0, squares / thumbnail.length - mean * mean)),
    hash: perceptualHash({ height: thumbnailSide, width: thumbnailSide, data: thumbnail }),
  };
}

/**
 * With d = (a − mean a) − (b − mean b): rms(d) ≤ 0.06 σ + 0.5 and max |d| ≤ 0.3 σ + 4, and the means within
 * 16 of 255. JPEG at quality 50 and halving the size stay below half of that on photographs; 0.5 and 4 are
 * what rounding alone can make.
 */
function alike(a: Sign, b: Sign): boolean {
  const shift = a.mean - b.mean;
  if (Math.abs(shift) > 16) return false;
  const deviation = (a.deviation + b.deviation) / 2;
  const rms = 0.06 * deviation + 0.5;
  const most = 0.3 * deviation + 4;
  const budget = rms * rms * a.thumbnail.length;
  let spent = 0;
  for (let i = 0; i < a.thumbnail.length; i++) {
    const d = a.thumbnail[i]! - b.thumbnail[i]! - shift;
    spent += d * d;
    if (spent > budget || Math.abs(d) > most) return false;
  }
  return true;
}

/** cos((2x + 1) u π / 2n) for u < 8: the low rows of the DCT-II. */
function cosines(n: number): Float64Array {
  return Float64Array.from({ length: 8 * n }, (_, k) =>
    Math.cos(((2 * (k % n) + 1) * Math.floor(k / n) * Math.PI) / (2 * n)),
  );
}

/**
 * pHash: the 8 × 8 lowest coefficients of the gray picture's cosine transform, one bit each: above the median.
 * The bit of the mean (first coefficient) is 0.
 * @see Zauner 2010, "Implementation and Benchmarking of Perceptual Image Hash Functions", section 3.2.1
 */
export function perceptualHash({ height: n, data }: Pixels): readonly [number, number] {
  const basis = cosines(n);
  // rows[y, u] = Σ_x gray[y, x] cos(u, x), then F[v, u] = Σ_y rows[y, u] cos(v, y)
  const rows = new Float64Array(n * 8);
  for (let y = 0; y < n; y++)
    for (let x = 0; x < n; x++) {
      const i = 3 * (y * n + x);
      const gray = 0.299 * data[i]! + 0.587 * data[i + 1]! + 0.114 * data[i + 2]!;
      for (let u = 0; u < 8; u++) rows[8 * y + u]! += gray * basis[u * n + x]!;
    }
  const spectrum = new Float64Array(64);
  for (let y = 0; y < n; y++)
    for (let v = 0; v < 8; v++)
      for (let u = 0; u < 8; u++) spectrum[8 * v + u]! += rows[8 * y + u]! * basis[v * n + y]!;
  const sorted = spectrum.slice(1).sort();
  const median = sorted[31]!;
  const hash: [number, number] = [0, 0];
  for (let k = 1; k < 64; k++) if (spectrum[k]! > median) hash[k >> 5]! |= 1 << (k & 31);
  return [hash[0] >>> 0, hash[1] >>> 0];
}

/** Bits set in a 32-bit number. */
function bits(x: number): number {
  x -= (x >>> 1) & 0x55555555;
  x = (x & 0x33333333) + ((x >>> 2) & 0x33333333);
  return Math.imul((x + (x >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/** How many bits of two hashes may differ: with 7, one of four 16-bit bands differs in at most one bit. */
const maxDistance = 7;

/** At most so many earlier pictures are tried for one: a flood of equal hashes must not take n² time. */
const maxTries = 4096;

/** Finds hashes within {@link maxDistance} bits by their 16-bit bands (multi-index hashing, Norouzi et al. 2012). */
class HashIndex {
  /** For each band and value the last entry added, and for each entry the one before it. */
  readonly #last = Array.from({ length: 4 }, () => new Int32Array(65536).fill(-1));
  readonly #before: readonly Int32Array[];
  readonly #items: number[] = [];
  readonly #hashes: (readonly [number, number])[] = [];

  constructor(capacity: number) {
    this.#before = Array.from({ length: 4 }, () => new Int32Array(capacity).fill(-1));
  }

  add(item: number, hash: readonly [number, number]): void {
    const entry = this.#items.length;
    this.#items.push(item);
    this.#hashes.push(hash);
    for (let band = 0; band < 4; band++) {
      const value = bandOf(hash, band);
      this.#before[band]![entry] = this.#last[band]![value]!;
      this.#last[band]![value] = entry;
    }
  }

  candidates(hash: readonly [number, number]): number[] {
    const found = new Set<number>();
    let tries = 0;
    for (let band = 0; band < 4; band++) {
      const value = bandOf(hash, band);
      for (let flip = -1; flip < 16; flip++) {
        const probe = flip < 0 ? value : value ^ (1 << flip);
        for (let e = this.#last[band]![probe]!; e >= 0 && tries < maxTries; e = this.#before[band]![e]!) {
          tries++;
          const other = this.#hashes[e]!;
          if (bits(hash[0] ^ other[0]) + bits(hash[1] ^ other[1]) <= maxDistance) found.add(this.#items[e]!);
        }
      }
    }
    return [...found];
  }
}

function bandOf(hash: readonly [number, number], band: number): number {
  return (hash[band >> 1]! >>> (16 * (band & 1))) & 0xffff;
}
