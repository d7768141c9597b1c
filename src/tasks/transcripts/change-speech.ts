import { draws } from "../../core/random.js";
import type { ClipChange } from "../sounds/change-clip.js";
import { atSpeed, eraseStretches, withNoise } from "../sounds/clip-operations.js";

/** Speeds in percent. @see Ko et al., "Audio Augmentation for Speech Recognition", 2015 */
const speeds = [90, 95, 100, 105, 110] as const;
/** Absent stretches of a clip, and the largest share of the clip that each takes. */
const [stretches, longest] = [2, 0.08] as const;

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
    const fast = atSpeed(samples, speeds[d.integer(speeds.length)]!);
    const kept = fast.length > most ? samples : fast;
    const out = d.chance(0.5) ? withNoise(kept, d) : kept.slice();
    eraseStretches(out, { count: stretches, longest, value: absent }, d);
    return out;
  };
}
