import { audioMiniFrontEnd } from "../../bases/architectures/audio-net.js";
import { binsOf, frameMatrix, framePower, framesIn } from "../../bases/audio/frames.js";
import { bandSums, melFilters } from "../../bases/audio/mel-filters.js";
import { greyPng } from "../../data/masks/write-png.js";
import { readSound } from "../../data/sounds/index.js";
import type { Platform } from "../../platform/platform.js";
import type { ShownSound } from "../../report/report-data.js";
import { writeWav } from "../../report/write-wav.js";

/** Longest part of a clip that a page plays, in seconds. A second is 43 kB of the page. */
const longest = { sound: 5, speech: 12 } as const;
/** Longest clip whose spectrogram is drawn as a whole, in seconds: 6,000 frames. */
const longestWhole = 60;
/** Range of a spectrogram in nats below its loudest place: 43 dB. */
const range = 10;

/**
 * Returns the beginnings of sounds with their spectrograms, as `data:` URIs by id. Sounds that cannot be read any more are left out.
 * @param items id and absolute path
 * @param options.kind speech is played for longer, because the words of a sentence are shown beside it
 * @param options.whole spectrograms of whole clips, of at most 60 s
 */
export async function shownSounds(
  platform: Platform,
  items: readonly { readonly id: string; readonly path: string }[],
  { kind = "sound", whole = false }: { readonly kind?: keyof typeof longest; readonly whole?: boolean } = {},
): Promise<Record<string, ShownSound>> {
  const { rate } = audioMiniFrontEnd;
  const draw = spectrograms();
  const shown: Record<string, ShownSound> = {};
  for (const { id, path } of items) {
    try {
      const { samples } = await readSound(platform, path, { rate });
      const part = samples.subarray(0, longest[kind] * rate);
      if (whole && samples.length > longestWhole * rate) continue;
      shown[id] = {
        spectrogram: `data:image/png;base64,${base64(await draw(whole ? samples : part))}`,
        sound: `data:audio/wav;base64,${base64(writeWav(part, rate))}`,
        seconds: part.length / rate,
      };
    } catch {
      // Moved or damaged since the run began.
    }
  }
  return shown;
}

/** Returns a function that draws the log-mel frames of a clip: a grey PNG, the highest band at the top. */
function spectrograms(): (samples: Float32Array) => Promise<Uint8Array> {
  const { frames, mel, rate, floor } = audioMiniFrontEnd;
  const bins = binsOf(frames);
  const [matrix, sums] = [frameMatrix(frames), bandSums(melFilters(mel, bins, rate), bins)];
  const power = new Float64Array(bins);
  return async (samples) => {
    const clip = samples.length < frames.length ? padded(samples, frames.length) : samples;
    const [width, height] = [framesIn(clip.length, frames), mel.bands];
    const values = new Float64Array(width * height);
    for (let t = 0; t < width; t++) {
      framePower(matrix, clip, t * frames.hop, frames.length, power);
      for (const [band, sum] of sums(power).entries())
        values[(height - 1 - band) * width + t] = Math.log(Math.max(floor, sum));
    }
    const most = values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
    const data = Uint8Array.from(values, (v) => Math.round(255 * Math.max(0, 1 + (v - most) / range)));
    return greyPng({ width, height, data });
  };
}

function padded(samples: Float32Array, length: number): Float32Array {
  const out = new Float32Array(length);
  out.set(samples);
  return out;
}

/** Bytes of one call of `String.fromCharCode`, whose number of arguments is limited. */
const chunk = 0x8000;

function base64(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += chunk)
    text += String.fromCharCode(...bytes.subarray(at, at + chunk));
  return btoa(text);
}
