import { draws } from "../core/random.js";
import { piecesOf, type Rows } from "../core/results/rows.js";
import { multiply } from "./products.js";

/** Dimensions of a sketch. Cosines of sketches differ from those of the rows by about 1/√16. */
const sketched = 16;
/** Number of nearest sketches whose rows are compared exactly. */
const candidates = 8;
/** Most rows that `before` compares exactly, the latest first. It bounds the time if all sketches are alike. */
const mostCompared = 64;

/**
 * Approximate nearest rows by d(a, b) = 1 - cos(a - μ, b - μ), with μ the mean row of the searched table. A row is
 * compared with all others by sketches, P (x - μ) with P[16, D] of ±1, and exactly with the eight nearest. Near
 * duplicates are found; for other rows the result is about as near as the nearest row.
 * @see Achlioptas, "Database-friendly random projections", 2003
 */
export class NearRows {
  readonly #mean: Float64Array;
  /** P, and P μ. */
  readonly #signs: Float64Array;
  readonly #offset: Float64Array;
  readonly #own: Float64Array;
  readonly #cosines: Float64Array;
  /** Buffers for two rows. */
  readonly #pair: readonly [Float32Array, Float32Array];

  constructor(readonly table: Rows) {
    const { width, count } = table;
    this.#mean = new Float64Array(width);
    this.#pair = [new Float32Array(width), new Float32Array(width)];
    for (const { values, count: n } of piecesOf(table))
      for (let i = 0, at = 0; i < n; i++)
        for (let t = 0; t < width; t++, at++) this.#mean[t]! += values[at]! / count;
    this.#signs = signs(sketched * width);
    this.#offset = new Float64Array(sketched);
    multiply(this.#mean, 1, width, this.#signs, sketched, this.#offset);
    this.#own = this.sketches(table);
    this.#cosines = new Float64Array(count);
  }

  /** Returns sketches of rows for {@link nearest}: float64[N, 16], each of length 1. */
  sketches(rows: Rows): Float64Array {
    const { width, count } = rows;
    const out = new Float64Array(count * sketched);
    for (const { first, count: n, values } of piecesOf(rows)) {
      const products = new Float64Array(n * sketched);
      multiply(values, n, width, this.#signs, sketched, products);
      for (let i = 0; i < n; i++) {
        const sketch = out.subarray((first + i) * sketched, (first + i + 1) * sketched);
        for (let k = 0; k < sketched; k++) sketch[k] = products[i * sketched + k]! - this.#offset[k]!;
        const length = Math.hypot(...sketch) || 1;
        for (let k = 0; k < sketched; k++) sketch[k]! /= length;
      }
    }
    return out;
  }

  /**
   * Returns the row of the table nearest to row i of `rows`.
   * @param options.sketches those of `rows`; default: `rows` is the table itself
   * @param options.but a row to exclude
   */
  nearest(
    rows: Rows,
    i: number,
    { sketches = this.#own, but = -1 }: { readonly sketches?: Float64Array; readonly but?: number } = {},
  ): { at: number; distance: number } {
    const [best, cosines] = [new Best(), this.#cosines];
    const sketch = sketches.subarray(i * sketched, (i + 1) * sketched);
    multiply(sketch, 1, sketched, this.#own, cosines.length, cosines);
    for (let j = 0; j < cosines.length; j++)
      if (cosines[j]! > best.least && j !== but) best.add(j, cosines[j]!);
    const [row, other] = this.#pair;
    rows.read(i, row);
    for (let t = 0; t < row.length; t++) row[t]! -= this.#mean[t]!;
    let found = { at: -1, distance: Number.POSITIVE_INFINITY };
    for (const { at } of best.found) {
      const { whole, width } = this.table;
      if (whole === undefined) this.table.read(at, other);
      const distance = 1 - cosine(row, whole ?? other, whole ? at * width : 0, this.#mean);
      if (distance < found.distance) found = { at, distance };
    }
    return found;
  }

  /**
   * Yields rows of the table before row i whose distance is at most `most`, the latest first. Rows whose sketches are farther apart than
   * 2 `most` are not compared.
   * @param skip true for a row that need not be compared
   */
  *before(i: number, most: number, skip: (j: number) => boolean): Generator<number> {
    const own = this.#own;
    const [row, other] = this.#pair;
    let compared = 0;
    for (let j = i - 1; j >= 0 && compared < mostCompared; j--) {
      let dot = 0;
      for (let k = 0; k < sketched; k++) dot += own[i * sketched + k]! * own[j * sketched + k]!;
      if (dot < 1 - 2 * most || skip(j)) continue;
      if (compared++ === 0) {
        this.table.read(i, row);
        for (let t = 0; t < row.length; t++) row[t]! -= this.#mean[t]!;
      }
      this.table.read(j, other);
      if (1 - cosine(row, other, 0, this.#mean) <= most) yield j;
    }
  }
}

/** The best candidates so far, in falling order. */
class Best {
  readonly found: { readonly at: number; readonly dot: number }[] = [];
  /** Smallest cosine that still becomes a candidate. */
  least = Number.NEGATIVE_INFINITY;

  add(at: number, dot: number): void {
    if (this.found.length === candidates) this.found.pop();
    const place = this.found.findIndex((b) => b.dot < dot);
    this.found.splice(place < 0 ? this.found.length : place, 0, { at, dot });
    if (this.found.length === candidates) this.least = this.found.at(-1)!.dot;
  }
}

/** Random signs ±1 of a fixed seed. */
function signs(count: number): Float64Array {
  const draw = draws(0, "sketch");
  const drawn = new Float64Array(count);
  for (let i = 0; i < count; ) {
    let bits = draw.integer(2 ** 16);
    for (let b = 0; b < 16 && i < count; b++, bits >>= 1) drawn[i++] = bits & 1 ? 1 : -1;
  }
  return drawn;
}

/** Cosine of a centred row and of the row at `at`, after its mean is subtracted. */
function cosine(a: Float32Array, b: Float32Array, at: number, mean: Float64Array): number {
  let [dot, aa, bb] = [0, 0, 0];
  for (let t = 0; t < a.length; t++) {
    const [x, y] = [a[t]!, b[at + t]! - mean[t]!];
    dot += x * y;
    aa += x * x;
    bb += y * y;
  }
  return aa > 0 && bb > 0 ? dot / Math.sqrt(aa * bb) : 0;
}
