import { sinOfTurns } from "./exact-math.js";

/** Pass band as a share of the lower half rate: 0.45 of its rate. */
const passBand = 0.9;
/** Zero crossings of the windowed sinc on either side. */
const crossings = 16;
/** Shape of the Kaiser window, for about 80 dB in the stop band. */
const beta = 8.6;
/** Highest rate in lowest terms whose taps are stored: 36 numbers for each, 38 MB. Only unusual rates are higher. */
const storedRate = 2 ** 17;
/** Taps that may be computed without being stored: 5 s. */
const mostUnstored = 2 ** 24;

/**
 * Changes the sample rate by a polyphase filter: a sinc with a Kaiser window (β 8.6, 16 zero crossings), whose pass band ends at 0.45
 * of the lower rate. The delay of the filter is removed, and the ends are filled with zeros.
 *
 *     y[n] = Σ_i x[i] · h(i − n · M / L)    L / M = to / from in lowest terms
 *
 * @param samples float32[n]
 * @param from,to samples per second, whole numbers
 * @returns float32[ceil(n · to / from)]; `samples` itself if the rates are equal
 */
export function resample(samples: Float32Array, from: number, to: number): Float32Array {
  if (from === to) return samples;
  const { up, down, phase } = polyphase(from, to);
  const out = new Float32Array(Math.ceil((samples.length * up) / down));
  for (let n = 0; n < out.length; n++) {
    const at = (n * down) % up;
    const middle = (n * down - at) / up;
    const { first, taps } = phase(at);
    out[n] = filtered(samples, middle + first, taps);
  }
  return out;
}

/** False if the taps of a sound take too long: each is computed again for each sample of a long sound of an unusual rate. */
export function canResample(length: number, from: number, to: number): boolean {
  const slower = Math.max(from, to) / greatestCommonDivisor(from, to);
  return slower <= storedRate || ((2 * crossings) / passBand) * length <= mostUnstored;
}

/**
 * Returns a function that resamples a sound as it arrives: it takes the next samples, and returns those of the new rate that they
 * complete. Together they are what {@link resample} returns for the whole sound, bit by bit, without its last 16 zero crossings.
 *
 * @param from,to samples per second, whole numbers
 * @example
 * const next = streamResampler(48_000, 16_000);
 * const samples = [next(first), next(second)];
 */
export function streamResampler(from: number, to: number): (samples: Float32Array) => Float32Array {
  if (from === to) return (samples) => samples;
  const { up, down, phase } = polyphase(from, to);
  // Samples that later outputs need; the first has the position `offset` in the sound.
  let kept = new Float32Array(0);
  let offset = 0;
  let n = 0;
  return (samples) => {
    const known = new Float32Array(kept.length + samples.length);
    known.set(kept);
    known.set(samples, kept.length);
    const out: number[] = [];
    for (; ; n++) {
      const at = (n * down) % up;
      const { first, taps } = phase(at);
      const start = (n * down - at) / up + first - offset;
      if (start + taps.length > known.length) {
        const unused = Math.min(known.length, Math.max(0, start));
        kept = known.slice(unused);
        offset += unused;
        return Float32Array.from(out);
      }
      out.push(filtered(known, start, taps));
    }
  };
}

/** Returns Σ_k x[start + k] · taps[k], with zeros before and after the samples. */
function filtered(samples: Float32Array, start: number, taps: Float64Array): number {
  const begin = Math.max(0, -start);
  const end = Math.min(taps.length, samples.length - start);
  let sum = 0;
  for (let k = begin; k < end; k++) sum += samples[start + k]! * taps[k]!;
  return sum;
}

/** The taps of one phase, for the samples from `first` on, relative to the sample at or before the output. */
interface Phase {
  readonly first: number;
  readonly taps: Float64Array;
}

/**
 * Returns the ratio of two rates in lowest terms, and the taps by phase. Phase p lies p / up of a sample after a sample.
 */
export function polyphase(from: number, to: number) {
  const divisor = greatestCommonDivisor(from, to);
  const [up, down] = [to / divisor, from / divisor];
  const slower = Math.max(up, down);
  // In steps of 1 / up samples: the filter ends at the last zero crossing.
  const reach = (crossings * slower) / passBand;
  const stored: Phase[] = [];
  const phase = (at: number): Phase => {
    const known = stored[at];
    if (known !== undefined) return known;
    const made = makePhase(at, up, slower, reach);
    if (slower <= storedRate) stored[at] = made;
    return made;
  };
  return { up, down, phase };
}

function makePhase(at: number, up: number, slower: number, reach: number): Phase {
  const first = Math.ceil((at - reach) / up);
  const last = Math.floor((at + reach) / up);
  const taps = Float64Array.from({ length: last - first + 1 }, (_, k) => {
    // Distance to the output in steps of 1 / up samples: a whole number.
    const d = Math.abs((first + k) * up - at);
    return sinc(d, slower) * kaiser(d / reach);
  });
  let sum = 0;
  for (const tap of taps) sum += tap;
  return { first, taps: taps.map((tap) => tap / sum) };
}

/** sin(πx) / (πx) with x = 0.9 · d / slower. */
function sinc(d: number, slower: number): number {
  if (d === 0) return 1;
  return sinOfTurns(9 * d, 20 * slower) / ((Math.PI * 9 * d) / (10 * slower));
}

/** Kaiser's window at −1 … 1, I0(β √(1 − u²)) up to a factor that the sum of the taps removes. */
function kaiser(u: number): number {
  // I0(x) = Σ_k (x² / 4)^k / k!². With 40 terms the rest is below 1e-16 of the sum for x ≤ 8.6.
  const quarter = (beta * beta * (1 - u * u)) / 4;
  let term = 1;
  let sum = 1;
  for (let k = 1; k <= 40; k++) {
    term = (term * quarter) / (k * k);
    sum += term;
  }
  return sum;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
