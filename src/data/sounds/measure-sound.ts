import { log2, sinOfTurns } from "./exact-math.js";

/** Rate of the samples that are hashed, measured and compared. */
export const scanRate = 16_000;
/** Samples of a frame, 64 ms, and between the starts of two frames, 50 ms. */
const frameSize = 1024;
const hop = 800;
/** Edges of the bands that are compared, in Hz: a third of an octave to an octave wide, and below the half of 8 kHz. */
const edges = [120, 240, 360, 500, 650, 820, 1020, 1270, 1590, 2000, 2500, 3150, 3900] as const;
const bands = edges.length - 1;
/** Frames of a print: one second. */
const printFrames = 20;
/** Values of a print. */
export const printSize = bands * printFrames;
/** From here on is the upper band, which telephones do not carry, in Hz. */
const upperBand = 4000;
/** Energy below this share of the loudest frame is taken as silence in a print: −50 dB. */
const printFloor = 1e-5;

/** Smallest standard deviation of a print, in octaves of energy: 0.25 are 0.75 dB. */
const leastDeviation = 0.25;

/** What the samples of a clip are like. */
export interface Measured {
  /** Largest absolute sample. */
  readonly peak: number;
  /** Seconds of zeros at the end. */
  readonly zeros: number;
  /** Share of the energy above 4 kHz, 0 … 1. */
  readonly upper: number;
  /** How 12 bands change in the second around the loudest sample, for the comparison of clips: int8[240]. */
  readonly print: Int8Array | undefined;
}

/** Measures a clip. @param samples float32[n], mono at 16 kHz */
export function measureSound(samples: Float32Array): Measured {
  let [peak, top, end] = [0, 0, 0];
  for (let i = 0; i < samples.length; i++) {
    const size = Math.abs(samples[i]!);
    if (size > peak) [peak, top] = [size, i];
    if (size > 0) end = i + 1;
  }
  const spectrum = powerSpectrum();
  return {
    peak,
    zeros: (samples.length - end) / scanRate,
    upper: upperShare(samples, spectrum),
    print: printOf(samples, top, spectrum),
  };
}

const bin = (hertz: number): number => Math.round((hertz * frameSize) / scanRate);

/** Returns the share of the energy above 4 kHz. */
function upperShare(samples: Float32Array, spectrum: Spectrum): number {
  let [low, high] = [0, 0];
  for (let at = 0; at === 0 || at + frameSize <= samples.length; at += hop) {
    const power = spectrum(samples, at);
    for (let k = 1; k < bin(upperBand); k++) low += power[k]!;
    for (let k = bin(upperBand); k < power.length; k++) high += power[k]!;
  }
  return low + high === 0 ? 0 : high / (low + high);
}

/**
 * Returns the print of a clip: how its bands change in the second around the loudest sample, with a largest value of 127. Frames are placed
 * by that sample, so another cut of the recording has the same print. A steady sound has none, since all steady sounds are alike.
 */
function printOf(samples: Float32Array, top: number, spectrum: Spectrum): Int8Array | undefined {
  const energies = new Float64Array(printSize);
  const inside: number[] = [];
  for (let f = 0; f < printFrames; f++) {
    const at = top + Math.round((f - printFrames / 2 + 0.5) * hop - frameSize / 2);
    // The ends of a clip say nothing about its sound.
    if (at < 0 || at + frameSize > samples.length) continue;
    inside.push(f * bands);
    const power = spectrum(samples, at);
    for (let b = 0; b < bands; b++)
      for (let k = bin(edges[b]!); k < bin(edges[b + 1]!); k++) energies[f * bands + b]! += power[k]!;
  }
  const least = Math.max(...energies) * printFloor || 1;
  const print = new Float32Array(printSize);
  for (let b = 0; b < bands; b++) {
    const levels = inside.map((first) => log2(Math.max(energies[first + b]!, least)));
    const mean = levels.reduce((sum, level) => sum + level, 0) / levels.length;
    for (const [k, first] of inside.entries()) print[first + b] = levels[k]! - mean;
  }
  const energy = print.reduce((sum, v) => sum + v * v, 0);
  if (energy === 0 || energy < leastDeviation ** 2 * inside.length * bands) return undefined;
  const most = print.reduce((largest, v) => Math.max(largest, Math.abs(v)), 0);
  return Int8Array.from(print, (v) => Math.round((127 * v) / most));
}

/** Returns the power spectrum of a frame, float64[513], from its first sample on. The next call overwrites it. */
type Spectrum = (samples: Float32Array, at: number) => Float64Array;

function powerSpectrum(): Spectrum {
  const n = frameSize;
  const sines = Float64Array.from({ length: n }, (_, k) => sinOfTurns(k, n));
  const cosine = (k: number): number => sines[(k + n / 4) % n]!;
  // Hann: (1 − cos(2πi / n)) / 2.
  const window = Float64Array.from({ length: n }, (_, i) => (1 - cosine(i)) / 2);
  const [re, im, power] = [new Float64Array(n), new Float64Array(n), new Float64Array(n / 2 + 1)];
  const mirrored = mirroredBits(n);
  return (samples, at) => {
    for (let i = 0; i < n; i++) {
      re[mirrored[i]!] = (samples[at + i] ?? 0) * window[i]!;
      im[i] = 0;
    }
    // Cooley and Tukey, 1965, radix 2: pairs of transforms of half the size are joined.
    for (let size = 2; size <= n; size *= 2)
      for (let start = 0; start < n; start += size)
        for (let k = 0; k < size / 2; k++) {
          const turn = (k * n) / size;
          const [c, s] = [cosine(turn), -sines[turn]!];
          const [a, b] = [start + k, start + k + size / 2];
          const [x, y] = [re[b]! * c - im[b]! * s, re[b]! * s + im[b]! * c];
          re[b] = re[a]! - x;
          im[b] = im[a]! - y;
          re[a]! += x;
          im[a]! += y;
        }
    for (let k = 0; k < power.length; k++) power[k] = re[k]! * re[k]! + im[k]! * im[k]!;
    return power;
  };
}

/** Returns each number below n with its bits in the opposite order. */
function mirroredBits(n: number): Uint32Array {
  const out = new Uint32Array(n);
  for (let i = 1; i < n; i++) out[i] = (out[i >> 1]! >> 1) | (i & 1 ? n >> 1 : 0);
  return out;
}
