import { draws } from "../../core/random.js";
import type { SoundAugmentation } from "../../data/dataset.js";

/** Returns the changed samples of a clip in an epoch of the training. @param most samples that the batch has room for */
export type ClipChange = (samples: Float32Array, epoch: number, id: string, most?: number) => Float32Array;

/** Largest shift in seconds, largest change of the volume in dB, and the noise below the clip in dB. */
const [shiftBy, gainBy, noiseBelow] = [0.1, 6, [5, 25]] as const;

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

/**
 * Returns the augmentation of clips.
 *
 * - shift: up to 100 ms earlier or later; samples that leave the clip on one side come back on the other
 * - gain: up to 6 dB louder or quieter
 * - noise: white noise, 5 to 25 dB below the clip, in half of the clips
 */
export function clipChange(
  kinds: readonly SoundAugmentation[],
  rate: number,
  seed: number,
): ClipChange | undefined {
  if (kinds.length === 0) return undefined;
  return (samples, epoch, id) => {
    const d = draws(seed, "augment clip", epoch, id);
    const between = (low: number, high: number): number => low + (high - low) * d.uniform();
    let out = samples;
    if (kinds.includes("shift")) {
      const by = Math.round(between(-shiftBy, shiftBy) * rate);
      const n = samples.length;
      out = out.map((_, i) => samples[(((i - by) % n) + n) % n]!);
    }
    if (kinds.includes("gain")) {
      const factor = 10 ** (between(-gainBy, gainBy) / 20);
      out = out.map((v) => v * factor);
    }
    if (kinds.includes("noise") && d.chance(0.5)) {
      const power = out.reduce((sum, v) => sum + v * v, 0) / Math.max(1, out.length);
      const deviation = Math.sqrt(power * 10 ** (-between(noiseBelow[0], noiseBelow[1]) / 10));
      out = out.map((v) => v + deviation * d.normal());
    }
    return out;
  };
}
