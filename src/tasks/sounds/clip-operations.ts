import { fromMel, toMel } from "../../bases/audio/mel-filters.js";
import type { Draws } from "../../core/random.js";
import { resample } from "../../data/sounds/resample.js";
import { fourier } from "../../linalg/fourier.js";

/** White noise below the clip, in dB. */
const noiseBelow = [5, 25] as const;

/** Returns a number between two bounds. */
export const between = (d: Draws, low: number, high: number): number => low + (high - low) * d.uniform();

/**
 * Plays a clip at another speed: its pitch changes by the same factor.
 * @param percent of the original speed; at 110 a clip is shorter and higher
 * @see Ko et al., "Audio Augmentation for Speech Recognition", 2015
 */
export const atSpeed = (samples: Float32Array, percent: number): Float32Array =>
  resample(samples, percent, 100);

/** Adds white noise, 5 to 25 dB below the clip. */
export function withNoise(samples: Float32Array, d: Draws): Float32Array {
  const power = samples.reduce((sum, v) => sum + v * v, 0) / Math.max(1, samples.length);
  const deviation = Math.sqrt(power * 10 ** (-between(d, ...noiseBelow) / 10));
  return samples.map((v) => v + deviation * d.normal());
}

/** Overwrites stretches of a clip in place. @param longest largest share of the clip that a stretch takes */
export function eraseStretches(
  samples: Float32Array,
  { count, longest, value }: { readonly count: number; readonly longest: number; readonly value: number },
  d: Draws,
): void {
  for (let k = 0; k < count; k++) {
    const length = Math.floor(longest * samples.length * d.uniform());
    const first = d.integer(samples.length - length + 1);
    samples.fill(value, first, first + length);
  }
}

/** Frequencies from `low` to `high`, in Hz. */
export interface FrequencyBand {
  readonly low: number;
  readonly high: number;
}

/** Draws a band. Its width is at most a share of the frequencies up to half the rate, on the mel scale. */
export function drawBand(rate: number, widest: number, d: Draws): FrequencyBand {
  const all = toMel(rate / 2, "kaldi");
  const width = widest * all * d.uniform();
  const low = (all - width) * d.uniform();
  return { low: fromMel(low, "kaldi"), high: fromMel(low + width, "kaldi") };
}

/**
 * Removes frequency bands from a clip: their coefficients of its Fourier transform become 0. The transform is over a power of two, so a
 * rest of a removed tone stays at the ends of the clip.
 * @param rate samples per second
 */
export function withoutBands(
  samples: Float32Array,
  rate: number,
  bands: readonly FrequencyBand[],
): Float32Array {
  const n = 2 ** Math.ceil(Math.log2(Math.max(1, samples.length)));
  const [real, imaginary] = [new Float64Array(n), new Float64Array(n)];
  real.set(samples);
  fourier(real, imaginary);
  for (const { low, high } of bands) {
    const last = Math.min(n / 2, Math.floor((high * n) / rate));
    for (let k = Math.ceil((low * n) / rate); k <= last; k++)
      for (const at of [k, (n - k) % n]) real[at] = imaginary[at] = 0;
  }
  fourier(real, imaginary, true);
  return Float32Array.from({ length: samples.length }, (_, i) => real[i]! / n);
}

/**
 * Adds two clips in shares: λ a + (1 − λ) b. The shorter clip ends earlier.
 * @param share λ
 * @see Zhang et al., "mixup: Beyond Empirical Risk Minimization", 2018
 */
export function blendClips(a: Float32Array, b: Float32Array, share: number): Float32Array {
  const length = Math.max(a.length, b.length);
  return Float32Array.from({ length }, (_, i) => share * (a[i] ?? 0) + (1 - share) * (b[i] ?? 0));
}
