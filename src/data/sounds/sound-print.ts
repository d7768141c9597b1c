import { fourier } from "../../linalg/fourier.js";
import { resample } from "./resample.js";

/** Part of the cache key of scanned clips: increase it if prints change. */
export const printVersion = 2;
/** Samples per second of a print. Telephones, MP3 and files of 8 kHz have what is below 900 Hz. */
export const printRate = 2000;
/** Values of the longest print: three seconds. */
export const longestPrint = 3 * printRate;

/** Peak below which a clip has no print: −80 dB. */
const silence = 1e-4;
/** Fewest details of a print. A beep has 1.5, and every beep of its pitch agrees with it; a spoken digit has 2 to 20. */
const fewestDetails = 3;
/** Values of a part of a print whose loudness is measured: 16 ms. */
const partSize = 32;
/** Values at either end that the ends of a clip have changed: nothing lies before and after it. */
const ends = 20;

/**
 * Returns the print of a clip, by which its near copies are found: the waveform of its first three seconds between 100 and 900 Hz, as
 * roots with a largest value of 127. It takes 2 KB for each second.
 *
 *     y[n] = x[n] − x[n − 2]    x: the clip at 2 kHz. Hums of 50 Hz count less, and nothing is left at 1 kHz, where a print ends.
 *
 * @param samples float32[n], mono
 * @param sampleRate samples per second
 * @returns int8[2000 · seconds − 40], at most int8[5960]; undefined for silence, for beeps, and for a clip that has nearly all energy above 900 Hz
 * @example const print = soundPrint(samples, 16_000);
 */
export function soundPrint(samples: Float32Array, sampleRate: number): Int8Array | undefined {
  const first = samples.subarray(0, (longestPrint / printRate) * sampleRate);
  const low = resample(first, sampleRate, printRate);
  const print = low.map((x, i) => x - (low[i - 2] ?? x)).subarray(ends, -ends);
  const peak = print.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  // A sweep to 2 kHz agrees below 900 Hz with every similar sweep, so details count by the share of the energy there.
  if (peak < silence || (detailsOf(print) * power(low)) / power(first) < fewestDetails) return undefined;
  return Int8Array.from(print, (x) => Math.round(127 * Math.sign(x) * Math.sqrt(Math.abs(x) / peak)));
}

/** Returns the waveform in a print. A print stores square roots, so that quiet sounds are not rounded to 0 if the clip has a loud click. */
export const waveformOf = (print: Int8Array): Float64Array =>
  Float64Array.from(print, (root) => root * Math.abs(root));

const power = (values: Float32Array): number => values.reduce((sum, x) => sum + x * x, 0) / values.length;

/** Returns how many values have the energy, if it is divided equally: (Σ E)² / Σ E². */
function effective(energies: Float64Array): number {
  const sum = energies.reduce((all, e) => all + e, 0);
  return sum > 0 ? sum ** 2 / energies.reduce((all, e) => all + e * e, 0) : 0;
}

/** Returns the width in frequency times the duration: about how many tones of some duration make up a waveform. */
function detailsOf(values: Float32Array): number {
  const size = 2 ** Math.ceil(Math.log2(values.length));
  const [re, im] = [new Float64Array(size), new Float64Array(size)];
  re.set(values);
  fourier(re, im);
  const parts = new Float64Array(Math.ceil(values.length / partSize));
  for (const [i, x] of values.entries()) parts[Math.floor(i / partSize)]! += x * x;
  const spectrum = re.subarray(0, size / 2).map((x, k) => x * x + im[k]! ** 2);
  return (effective(spectrum) / size) * effective(parts) * partSize;
}
