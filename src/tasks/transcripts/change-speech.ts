import { fromMel, toMel } from "../../bases/audio/mel-filters.js";
import { draws } from "../../core/random.js";
import { resample } from "../../data/sounds/resample.js";
import { fourier } from "../../linalg/fourier.js";
import type { ClipChange } from "../sounds/change-clip.js";

/** Speeds in percent. @see Ko et al., "Audio Augmentation for Speech Recognition", 2015 */
const speeds = [90, 95, 100, 105, 110] as const;
/** Masked bands and stretches of a clip, and the largest share of the mels and of the time that each takes. */
const masks = { bands: 2, band: 0.12, stretches: 2, stretch: 0.08 } as const;
/** Noise below the clip, in dB. */
const noiseBelow = [5, 25] as const;

/**
 * Returns the augmentation of speech.
 *
 * - speed: 0.9 to 1.1 times as fast, unless the clip would then exceed its batch
 * - bands: two bands of up to 12 % of the mels are silent (SpecAugment's frequency masks)
 * - noise: white noise, 5 to 25 dB below the clip, in half of the clips
 * - stretches: two stretches of up to 8 % of the clip are absent (SpecAugment's time masks)
 *
 * A clip is not shifted: its words must not be cut.
 * @param absent value of samples in an absent stretch
 * @see Park et al., "SpecAugment", 2019
 */
export function speechChange(rate: number, seed: number, absent: number): ClipChange {
  return (samples, epoch, id, most = samples.length) => {
    const d = draws(seed, "augment speech", epoch, id);
    const between = (low: number, high: number): number => low + (high - low) * d.uniform();
    const speed = speeds[d.integer(speeds.length)]!;
    const fast = resample(samples, speed, 100);
    let out = fast.length > most ? samples.slice() : fast;
    if (d.chance(0.5)) {
      const power = out.reduce((sum, v) => sum + v * v, 0) / Math.max(1, out.length);
      const deviation = Math.sqrt(power * 10 ** (-between(...noiseBelow) / 10));
      out = out.map((v) => v + deviation * d.normal());
    }
    for (let k = 0; k < masks.stretches; k++) {
      const length = Math.floor(out.length * masks.stretch * d.uniform());
      const first = d.integer(out.length - length + 1);
      out.fill(absent, first, first + length);
    }
    return out;
  };
}

/** Returns a clip without the sound of some bands. @param draw numbers in 0 … 1 */
function withoutBands(samples: Float32Array, rate: number, draw: () => number): Float32Array {
  const n = 2 ** Math.ceil(Math.log2(Math.max(2, samples.length)));
  const [real, imaginary] = [new Float64Array(n), new Float64Array(n)];
  real.set(samples);
  fourier(real, imaginary);
  const highest = toMel(rate / 2, "kaldi");
  for (let k = 0; k < masks.bands; k++) {
    const width = masks.band * draw();
    const from = (1 - width) * draw();
    const bin = (share: number): number => Math.round((fromMel(highest * share, "kaldi") / rate) * n);
    for (let i = bin(from); i < bin(from + width); i++)
      for (const at of [i, (n - i) % n]) [real[at], imaginary[at]] = [0, 0];
  }
  fourier(real, imaginary, true);
  return Float32Array.from({ length: samples.length }, (_, i) => real[i]! / n);
}
