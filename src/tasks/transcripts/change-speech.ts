import { draws } from "../../core/random.js";
import { resample } from "../../data/sounds/resample.js";
import type { ClipChange } from "../sounds/change-clip.js";

/** Speeds in percent. @see Ko et al., "Audio Augmentation for Speech Recognition", 2015 */
const speeds = [90, 95, 100, 105, 110] as const;
/** Absent stretches of a clip, and the largest share of the clip that each takes. */
const [stretches, longest] = [2, 0.08] as const;
/** Noise below the clip, in dB. */
const noiseBelow = [5, 25] as const;

/**
 * Returns the augmentation of speech.
 *
 * - speed: 0.9 to 1.1 times as fast, unless the clip would then exceed its batch
 * - noise: white noise, 5 to 25 dB below the clip, in half of the clips
 * - stretches: two stretches of up to 8 % of the clip are absent (SpecAugment's time masks)
 *
 * A clip is not shifted: its words must not be cut.
 * @param absent value of samples in an absent stretch
 * @see Park et al., "SpecAugment", 2019
 */
export function speechChange(seed: number, absent: number): ClipChange {
  return (samples, epoch, id, most = samples.length) => {
    const d = draws(seed, "augment speech", epoch, id);
    const between = (low: number, high: number): number => low + (high - low) * d.uniform();
    const speed = speeds[d.integer(speeds.length)]!;
    const fast = resample(samples, speed, 100);
    let out = (fast.length > most ? samples : fast).slice();
    if (d.chance(0.5)) {
      const power = out.reduce((sum, v) => sum + v * v, 0) / Math.max(1, out.length);
      const deviation = Math.sqrt(power * 10 ** (-between(...noiseBelow) / 10));
      out = out.map((v) => v + deviation * d.normal());
    }
    for (let k = 0; k < stretches; k++) {
      const length = Math.floor(longest * out.length * d.uniform());
      const first = d.integer(out.length - length + 1);
      out.fill(absent, first, first + length);
    }
    return out;
  };
}
