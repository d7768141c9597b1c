// Augmentation of a clip on its log-mel frames.
import { audioMiniFrontEnd } from "../../dist/bases/architectures/audio-net.js";
import { toMel } from "../../dist/bases/audio/mel-filters.js";

const { bands, from, to, scale } = audioMiniFrontEnd.mel;
const floor = Math.log(audioMiniFrontEnd.floor);
/** First band above 4 kHz: recordings at 8 kHz have nothing from there on. */
const above4k = Math.ceil(
  ((toMel(4000, scale) - toMel(from, scale)) / (toMel(to, scale) - toMel(from, scale))) * (bands + 1) - 1,
);

/**
 * Writes an augmented clip. Speed and voice change: both axes are stretched by up to 15 %. The clip is shifted, and its loudness changes.
 * Noise of a drawn colour is added. Half of the clips lose the upper half of the spectrum. Two bands and two stretches of time are masked.
 * @param source float32[bands, length] from `first` on
 * @param target float32[bands, frames] from `offset` on
 */
export function augmentInto(target, offset, frames, source, first, length, d) {
  const speed = 1 + 0.15 * (2 * d.uniform() - 1);
  const voice = 1 + 0.12 * (2 * d.uniform() - 1);
  const room = length - 1 - frames * speed;
  const start = room > 0 ? room * d.uniform() : room / 2;
  const gain = 3 * (2 * d.uniform() - 1);
  const noisy = d.chance(0.5);
  const [level, slope] = [floor + 1 + 9 * d.uniform(), 0.08 * (2 * d.uniform() - 1)];
  const narrow = d.chance(0.3);
  for (let band = 0; band < bands; band++) {
    const y = Math.min(bands - 1, Math.max(0, band * voice));
    const [low, fy] = [Math.floor(y), y - Math.floor(y)];
    const high = Math.min(bands - 1, low + 1);
    for (let t = 0; t < frames; t++) {
      const x = Math.min(length - 1, Math.max(0, start + t * speed));
      const [left, fx] = [Math.floor(x), x - Math.floor(x)];
      const right = Math.min(length - 1, left + 1);
      const at = (b, i) => source[first + b * length + i];
      let v =
        (1 - fy) * ((1 - fx) * at(low, left) + fx * at(low, right)) +
        fy * ((1 - fx) * at(high, left) + fx * at(high, right)) +
        gain;
      if (noisy)
        v = Math.log(Math.exp(v) + Math.exp(level + slope * band) * (0.3 - Math.log(1 - 0.9 * d.uniform())));
      if (narrow && band >= above4k) v = floor + 0.5 * d.uniform();
      target[offset + band * frames + t] = Math.max(floor, v);
    }
  }
  mask(target, offset, frames, d);
}

/** Masks two bands and two stretches of time with the clip's mean. @see Park et al., "SpecAugment", 2019 */
function mask(target, offset, frames, d) {
  const all = target.subarray(offset, offset + bands * frames);
  const mean = all.reduce((sum, v) => sum + v, 0) / all.length;
  for (let k = 0; k < 2; k++) {
    const height = d.integer(8);
    const low = d.integer(bands - height);
    for (let b = low; b < low + height; b++) all.fill(mean, b * frames, (b + 1) * frames);
    const width = d.integer(12);
    const left = d.integer(frames - width);
    for (let b = 0; b < bands; b++) all.fill(mean, b * frames + left, b * frames + left + width);
  }
}
