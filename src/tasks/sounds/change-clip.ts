import { draws } from "../../core/random.js";
import type { SoundAugmentation } from "../../data/dataset.js";
import { between, drawBand, eraseStretches, withNoise, withoutBands } from "./clip-operations.js";

/** Returns the changed samples of a clip in an epoch of the training. @param most samples that the batch has room for */
export type ClipChange = (samples: Float32Array, epoch: number, id: string, most?: number) => Float32Array;

/** Returns the speed of a clip in an epoch, in percent. */
export type ClipSpeed = (epoch: number, id: string) => number;

/** Largest shift in seconds, and largest change of the volume in dB. */
const [shiftBy, gainBy] = [0.1, 6] as const;
/** Speeds in percent. @see Ko et al., "Audio Augmentation for Speech Recognition", 2015 */
const speeds = [90, 100, 110] as const;
/** Bands and stretches that SpecAugment erases, and the largest share of the frequencies or of the clip that each takes. */
const [erased, widest] = [2, 0.1] as const;

/** Returns a window of `size` samples of a clip that is longer, at a place drawn for the epoch. */
export function windowOf(
  samples: Float32Array,
  size: number,
  seed: number,
  epoch: number,
  id: string,
): Float32Array {
  if (samples.length <= size) return samples;
  const first = draws(seed, "window", epoch, id).integer(samples.length - size + 1);
  return samples.subarray(first, first + size);
}

/** Returns the speeds of clips: 90, 100 or 110 percent. Undefined if the speed does not change. */
export const clipSpeed = (kinds: readonly SoundAugmentation[], seed: number): ClipSpeed | undefined =>
  kinds.includes("speed")
    ? (epoch, id) => speeds[draws(seed, "clip speed", epoch, id).integer(speeds.length)]!
    : undefined;

/**
 * Returns the augmentation of clips, without their speed: see {@link clipSpeed}.
 *
 * - shift: up to 100 ms earlier or later; samples that leave the clip on one side come back on the other
 * - gain: up to 6 dB louder or quieter
 * - noise: white noise, 5 to 25 dB below the clip, in half of the clips
 * - specaugment: two frequency bands are removed, each up to 10 % of the mel scale; two stretches are silent, each up to 10 % of the clip
 *
 * The paper of SpecAugment masks a spectrogram. Here the waveform is changed, so it works for every base.
 * @see Park et al., "SpecAugment: A Simple Data Augmentation Method for Automatic Speech Recognition", 2019
 */
export function clipChange(
  kinds: readonly SoundAugmentation[],
  rate: number,
  seed: number,
): ClipChange | undefined {
  if (kinds.every((kind) => kind === "speed")) return undefined;
  return (samples, epoch, id) => {
    const d = draws(seed, "augment clip", epoch, id);
    let out = samples;
    if (kinds.includes("shift")) {
      const by = Math.round(between(d, -shiftBy, shiftBy) * rate);
      const n = samples.length;
      out = out.map((_, i) => samples[(((i - by) % n) + n) % n]!);
    }
    if (kinds.includes("gain")) {
      const factor = 10 ** (between(d, -gainBy, gainBy) / 20);
      out = out.map((v) => v * factor);
    }
    if (kinds.includes("noise") && d.chance(0.5)) out = withNoise(out, d);
    if (kinds.includes("specaugment")) {
      const bands = Array.from({ length: erased }, () => drawBand(rate, widest, d));
      out = withoutBands(out, rate, bands);
      eraseStretches(out, { count: erased, longest: widest, value: 0 }, d);
    }
    return out;
  };
}
