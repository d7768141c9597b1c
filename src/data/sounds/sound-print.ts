import { resample } from "./resample.js";

/** Part of the key of what is kept of clips: increase it if prints change. */
export const printVersion = 2;
/** Samples per second of a print. Telephones, MP3 and files of 8 kHz have what is below 900 Hz. */
export const printRate = 2000;
/** Values of the longest print: three seconds. */
export const longestPrint = 3 * printRate;

/** Peak below which a clip has no print: −80 dB. */
const silence = 1e-4;
/** Share of a clip's energy below which a print says nothing: −30 dB. A beep of 3 kHz leaves only clicks where it begins and ends. */
const leastShare = 1e-3;
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
 * @returns int8[2000 · seconds − 40], at most int8[5960]; undefined for silence, and for a clip that has nearly all energy above 900 Hz
 * @example const print = soundPrint(samples, 16_000);
 */
export function soundPrint(samples: Float32Array, sampleRate: number): Int8Array | undefined {
  const first = samples.subarray(0, (longestPrint / printRate) * sampleRate);
  const low = resample(first, sampleRate, printRate);
  const print = low.map((x, i) => x - (low[i - 2] ?? x)).subarray(ends, -ends);
  const [of, own] = [measure(first), measure(print)];
  if (own.peak < silence || own.power < leastShare * of.power) return undefined;
  return Int8Array.from(print, (x) => Math.round(127 * Math.sign(x) * Math.sqrt(Math.abs(x) / own.peak)));
}

/** Returns the waveform in a print. The roots keep quiet sounds beside a click. */
export const waveformOf = (print: Int8Array): Float64Array =>
  Float64Array.from(print, (root) => root * Math.abs(root));

/** Returns the largest absolute value, and the mean square. */
function measure(values: Float32Array): { readonly peak: number; readonly power: number } {
  let [peak, sum] = [0, 0];
  for (const x of values) {
    peak = Math.max(peak, Math.abs(x));
    sum += x * x;
  }
  return { peak, power: sum / values.length };
}
