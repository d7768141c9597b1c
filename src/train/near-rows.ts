import { draws } from "../core/random.js";
import { piecesOf, type Rows } from "../core/rows.js";

/** Numbers of a sketch: cosines of sketches differ from those of the rows by about 1/√16. */
const sketched = 16;
/** Rows that look nearest by their sketches, of which the nearest is found exactly. */
const candidates = 8;

/**
 * Nearest rows by d(a, b) = 1 - cos(a - μ, b - μ), μ the mean row of the table that is searched. A row is compared with
 * all others by sketches, P (x - μ) with P[16, D] of ±1, and with the eight best of them exactly: near copies are found,
 * and of others one that is about as near as the nearest.
 * @see Achlioptas, "Database-friendly random projections", 2003
 */
export class NearRows {
  readonly #mean: Float64Array;
  readonly #signs: Int8Array;
  readonly #own: Float32Array;
  /** Two rows at a time, read into the same memory again and again. */
  readonly #pair: readonly [Float32Array, Float32Array];

  constructor(readonly table: Rows) {
    const { width, count } = table;
    this.#mean = new Float64Array(width);
    this.#pair = [new Float32Array(width), new Float32Array(width)];
    for (const { values } of piecesOf(table))
      for (let i = 0; i < values.length; i++) this.#mean[i % width]! += values[i]! / Math.max(1, count);
    const draw = draws(0, "sketch");
    this.#signs = Int8Array.from({ length: width * sketched }, () => (draw.chance(0.5) ? 1 : -1));
    this.#own = this.sketches(table);
  }

  /** float32[N, 16] of length 1, for {@link nearest}. */
  sketches(rows: Rows): Float32Array {
    const { width, count } = rows;
    const out = new Float32Array(count * sketched);
    const [mean, signs] = [this.#mean, this.#signs];
    for (const { first, count: n, values } of piecesOf(rows)) {
      for (let i = 0; i < n; i++) {
        const sketch = out.subarray((first + i) * sketched, (first + i + 1) * sketched);
        for (let t = 0; t < width; t++) {
          const v = values[i * width + t]! - mean[t]!;
          for (let k = 0; k < sketched; k++) sketch[k]! += signs[t * sketched + k]! * v;
        }
        const length = Math.hypot(...sketch) || 1;
        for (let k = 0; k < sketched; k++) sketch[k]! /= length;
      }
    }
    return out;
  }

  /**
   * The row of the table nearest to row i of `rows`.
   * @param sketches those of `rows`; default: `rows` is the table itself @param but a row that does not count
   */
  nearest(
    rows: Rows,
    i: number,
    { sketches = this.#own, but = -1 }: { readonly sketches?: Float32Array; readonly but?: number } = {},
  ): { at: number; distance: number } {
    const best: { at: number; dot: number }[] = [];
    const own = this.#own;
    const sketch = sketches.subarray(i * sketched, (i + 1) * sketched);
    for (let j = 0; j < this.table.count; j++) {
      if (j === but) continue;
      let dot = 0;
      for (let k = 0, at = j * sketched; k < sketched; k++) dot += sketch[k]! * own[at + k]!;
      if (best.length === candidates && dot <= best.at(-1)!.dot) continue;
      if (best.length === candidates) best.pop();
      const place = best.findIndex((b) => b.dot < dot);
      best.splice(place < 0 ? best.length : place, 0, { at: j, dot });
    }
    const [row, other] = this.#pair;
    this.#centred(rows, i, row);
    let found = { at: -1, distance: Number.POSITIVE_INFINITY };
    for (const { at } of best) {
      this.#centred(this.table, at, other);
      const distance = 1 - cosine(row, other);
      if (distance < found.distance) found = { at, distance };
    }
    return found;
  }

  #centred(rows: Rows, i: number, row: Float32Array): void {
    rows.read(i, row);
    const mean = this.#mean;
    for (let t = 0; t < row.length; t++) row[t]! -= mean[t]!;
  }
}

function cosine(a: Float32Array, b: Float32Array): number {
  let [dot, aa, bb] = [0, 0, 0];
  for (let t = 0; t < a.length; t++) {
    dot += a[t]! * b[t]!;
    aa += a[t]! * a[t]!;
    bb += b[t]! * b[t]!;
  }
  return aa > 0 && bb > 0 ? dot / Math.sqrt(aa * bb) : 0;
}
