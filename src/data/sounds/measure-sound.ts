import { powerSpectrum } from "./power-spectrum.js";

/** Rate of the samples that are hashed and measured. */
export const scanRate = 16_000;
/** Samples of a frame, 64 ms, and between the starts of two frames, 50 ms. */
const frameSize = 1024;
const hop = 800;
/** From here on is the upper band, which telephones do not carry, in Hz. */
const upperBand = 4000;

/** What the samples of a clip are like. */
export interface Measured {
  /** Largest absolute sample. */
  readonly peak: number;
  /** Seconds of zeros at the end. */
  readonly zeros: number;
  /** Share of the energy above 4 kHz, 0 … 1. */
  readonly upper: number;
}

/** Measures a clip. @param samples float32[n], mono at 16 kHz */
export function measureSound(samples: Float32Array): Measured {
  let [peak, end] = [0, 0];
  for (let i = 0; i < samples.length; i++) {
    const size = Math.abs(samples[i]!);
    if (size > peak) peak = size;
    if (size > 0) end = i + 1;
  }
  return { peak, zeros: (samples.length - end) / scanRate, upper: upperShare(samples) };
}

const bin = (hertz: number): number => Math.round((hertz * frameSize) / scanRate);

/** Returns the share of the energy above 4 kHz. */
function upperShare(samples: Float32Array): number {
  const spectrum = powerSpectrum(frameSize);
  let [low, high] = [0, 0];
  for (let at = 0; at === 0 || at + frameSize <= samples.length; at += hop) {
    const power = spectrum(samples, at);
    for (let k = 1; k < bin(upperBand); k++) low += power[k]!;
    for (let k = bin(upperBand); k < power.length; k++) high += power[k]!;
  }
  return low + high === 0 ? 0 : high / (low + high);
}
