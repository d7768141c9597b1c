import type { Downmix } from "./sound.js";

/**
 * Turns channels into one, see `ReadSoundOptions.downmix`.
 * @param channels float32[n] each, at least one
 * @returns float32[n]
 * @see Transformers.js 4.3, utils/audio.js, load_audio
 */
export function downmix(channels: readonly Float32Array[], how: Downmix = "served"): Float32Array {
  const [first, second = first] = channels as readonly [Float32Array, Float32Array?];
  if (how === "right") return second!;
  if (channels.length === 1 || how === "first" || how === "left") return first;
  if (how === "mean") return meanOf(channels);
  if (channels.length !== 2) return first;
  return first.map((left, i) => (Math.SQRT2 * (left + second![i]!)) / 2);
}

function meanOf(channels: readonly Float32Array[]): Float32Array {
  return channels[0]!.map((_, i) => {
    let sum = 0;
    for (const channel of channels) sum += channel[i]!;
    return sum / channels.length;
  });
}
