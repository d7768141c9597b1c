import { fourier, turnsOf } from "../../linalg/fourier.js";
import { printRate, waveformOf } from "./sound-print.js";

/** Smallest share of the shorter clip that two copies have in common. */
const leastOverlap = 0.7;
/** Smallest share of the energies of two clips in what they have in common. */
const leastEnergy = 0.1;
/** Largest shift of a copy, in values of a print: 0.6 s. */
const mostShift = 0.6 * printRate;
/** Values on either side from which one between two values is interpolated. */
const reach = 16;
/** A print as it is aligned. */
interface Wave {
  readonly values: Float64Array;
  /** Sums of the squares of all values before, float64[n + 1]. */
  readonly squares: Float64Array;
}

function waveOf(print: Int8Array): Wave {
  const values = waveformOf(print);
  const squares = new Float64Array(values.length + 1);
  for (let i = 0; i < values.length; i++) squares[i + 1] = squares[i]! + values[i]! ** 2;
  return { values, squares };
}

const powerOfTwo = (n: number): number => 2 ** Math.ceil(Math.log2(n));

/** Aligns prints, and keeps what their transforms have in common. */
export class SoundAligner {
  readonly #turns = new Map<number, ReturnType<typeof turnsOf>>();

  /** @param prints of `soundPrint` */
  constructor(private readonly prints: readonly Int8Array[]) {}

  /**
   * Returns how well two clips agree at the best shift of up to 0.6 s, 0 … 1, with either polarity:
   *
   *     r(s) = |Σ a[i] b[i + s]| / √(Σ a[i]² · Σ b[i + s]²)    over the values that both have, 70 % of the shorter one at least
   *
   * @param i,j positions of prints
   */
  agreement(i: number, j: number): number {
    const [a, b] = [waveOf(this.prints[i]!), waveOf(this.prints[j]!)];
    const size = powerOfTwo(Math.max(a.values.length, b.values.length) + mostShift + reach);
    return bestShift(a, b, correlate(a.values, b.values, this.#turnsOf(size)));
  }

  #turnsOf(size: number): ReturnType<typeof turnsOf> {
    const turns = this.#turns.get(size) ?? turnsOf(size);
    this.#turns.set(size, turns);
    return turns;
  }
}

/** Returns the largest |r| over all shifts. @param products of `correlate` */
function bestShift(a: Wave, b: Wave, products: Products): number {
  const { re, im } = products;
  const [n, m, size] = [a.values.length, b.values.length, re.length];
  const least = leastOverlap * Math.min(n, m);
  const whole = leastEnergy * a.squares[n]! * b.squares[m]!;
  const r = (shift: number, product: number): number => {
    const [from, to] = [Math.max(0, -shift), Math.min(n, m - shift)];
    if (to - from < least) return 0;
    const energy = (a.squares[to]! - a.squares[from]!) * (b.squares[to + shift]! - b.squares[from + shift]!);
    return energy > whole ? Math.abs(product) / Math.sqrt(energy) : 0;
  };
  let [best, highest, at] = [0, 0, 0];
  for (let s = -mostShift; s <= mostShift; s++) {
    const i = (s + size) % size;
    best = Math.max(best, r(s, re[i]!));
    const envelope = r(s, Math.hypot(re[i]!, im[i]!));
    if (envelope > highest) [highest, at] = [envelope, s];
  }
  // A copy may be shifted by a part of a value. A wave of 700 Hz then has no product at its shift, but the envelope is highest there.
  for (const weights of between) {
    let product = 0;
    for (const [k, weight] of weights.entries()) product += weight * re[(at + k - reach + size) % size]!;
    best = Math.max(best, r(at, product));
  }
  return Math.min(1, best);
}

/** Farthest place from a value, in eighths of a value, and zero crossings of an interpolation. */
const [farthest, crossings] = [12, 13] as const;

/** Weights of the 33 values around one, for each eighth up to 1.5 from it: sin(πx) / (πx) with a Hann window. */
const between = Array.from({ length: 2 * farthest + 1 }, (_, at) => at - farthest).map((eighths) =>
  Array.from({ length: 2 * reach + 1 }, (_, k) => {
    const x = eighths / 8 - (k - reach);
    if (Math.abs(x) > crossings) return 0;
    const sinc = x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
    return sinc * Math.cos((Math.PI * x) / (2 * crossings)) ** 2;
  }),
);

/** Σ_i a[i] b[i + s] for each shift s modulo N, and the same turned by 90°: √(re² + im²) is their envelope. */
interface Products {
  readonly re: Float64Array;
  readonly im: Float64Array;
}

/** Correlates two waves by Fourier transforms: conj(A) · B, without its negative frequencies. @param turns of N numbers */
function correlate(a: Float64Array, b: Float64Array, turns: ReturnType<typeof turnsOf>): Products {
  const size = turns.sines.length;
  const [re, im] = [new Float64Array(size), new Float64Array(size)];
  re.set(a);
  im.set(b);
  fourier(re, im, false, turns);
  const products = { re: new Float64Array(size), im: new Float64Array(size) };
  for (let k = 1; k < size / 2; k++) {
    // One transform has both: A[k] = (Z[k] + conj Z[−k]) / 2, B[k] = (Z[k] − conj Z[−k]) / 2i.
    const j = size - k;
    const [ar, ai] = [(re[k]! + re[j]!) / 2, (im[k]! - im[j]!) / 2];
    const [br, bi] = [(im[k]! + im[j]!) / 2, (re[j]! - re[k]!) / 2];
    products.re[k] = (2 * (ar * br + ai * bi)) / size;
    products.im[k] = (2 * (ar * bi - ai * br)) / size;
  }
  fourier(products.re, products.im, true, turns);
  return products;
}
