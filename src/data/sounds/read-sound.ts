import { EngraftError, messageOf, stopIf } from "../../core/errors.js";
import { sampleLimit, soundFileLimit } from "../../core/file-limits.js";
import type { Platform } from "../../platform/platform.js";
import { decodeSound } from "./files/decode-sound.js";
import type { SoundFormat } from "./files/sound-format.js";
import { canResample, resample } from "./resample.js";
import { type Downmix, type ReadSoundOptions, requireLength, type Sound, soundError } from "./sound.js";

/**
 * Reads a sound: decodes the file, turns its channels into one and resamples it. The samples are the same on every machine.
 *
 * @throws DataError with the reason if the file is no sound, or is damaged or too long; FileError if it cannot be read
 * @example const { samples } = await readSound(platform, "/data/bark.wav", { rate: 16_000 });
 */
export async function readSound(
  platform: Platform,
  path: string,
  { rate, downmix: how, signal }: ReadSoundOptions,
): Promise<Sound> {
  try {
    const mono = await readMono(platform, path, how, signal);
    return { rate, samples: resampled(mono, rate) };
  } catch (error) {
    throw withPath(error, path);
  }
}

/**
 * Returns the sound in the bytes of a file, as {@link readSound} reads it.
 * @throws DataError with the reason if they are no sound, or damaged
 */
export async function soundOf(
  platform: Platform,
  bytes: Uint8Array,
  { rate, downmix: how, signal }: ReadSoundOptions,
): Promise<Sound> {
  const mono = await monoOf(platform, bytes, how, signal);
  return { rate, samples: resampled(mono, rate) };
}

/** Returns the samples of a sound at another rate. @throws DataError if they are too many, or take too long */
export function resampled({ samples, rate }: Sound, to: number): Float32Array {
  const frames = samples.length;
  requireLength({ rate, channels: 1, frames }, Math.floor((sampleLimit * rate) / Math.max(rate, to)));
  if (!canResample(frames, rate, to))
    throw soundError(
      `its rate of ${rate} samples per second takes too long to convert`,
      "save it at a usual rate, for example: ffmpeg -i in.wav -ar 48000 out.wav",
    );
  return resample(samples, rate, to);
}

/** A sound at its own rate, and facts of its file. */
export interface MonoSound extends Sound {
  readonly format: SoundFormat;
  readonly channels: number;
  readonly wrongLength: boolean;
  /** True if a channel has three or more samples in a row at full scale. */
  readonly clipped: boolean;
}

/** Reads a sound at its own rate. @throws as {@link readSound}, without the path in the message */
export async function readMono(
  platform: Platform,
  path: string,
  how?: Downmix,
  signal?: AbortSignal,
): Promise<MonoSound> {
  stopIf(signal);
  return monoOf(platform, await platform.files.read(path, { limit: soundFileLimit }), how, signal);
}

async function monoOf(
  platform: Platform,
  bytes: Uint8Array,
  how: Downmix | undefined,
  signal: AbortSignal | undefined,
): Promise<MonoSound> {
  const { format, rate, channels, wrongLength = false } = await decodeSound(platform, bytes, signal);
  if (channels[0]!.length === 0) throw soundError("it holds no samples");
  const samples = downmix(channels, how);
  if (!samples.every(Number.isFinite)) throw soundError("it holds values that are infinite or no numbers");
  if (cancels(channels, samples))
    throw soundError(
      `its ${channels.length} channels cancel each other: mixed into one, nothing is left`,
      "save one of the channels alone, for example: ffmpeg -i in.wav -map_channel 0.0.0 out.wav",
    );
  const clipped = channels.some(isClipped);
  return { rate, samples, format, channels: channels.length, wrongLength, clipped };
}

/** Share of the loudness that at least must be left of channels that are mixed: −40 dB. */
const leastLeft = 0.01;

/** True if channels are loud and their mix is not: one is recorded in opposite phase. */
function cancels(channels: readonly Float32Array[], mixed: Float32Array): boolean {
  if (channels.includes(mixed)) return false;
  const loudness = (samples: Float32Array): number =>
    Math.sqrt(samples.reduce((sum, x) => sum + x * x, 0) / samples.length);
  const loudest = Math.max(...channels.map(loudness));
  return loudest > 0 && loudness(mixed) < leastLeft * loudest;
}

/** Full scale of 16 bits, whose largest value is 32,767. */
const fullScale = 32_767 / 32_768;

function isClipped(samples: Float32Array): boolean {
  let run = 0;
  for (let i = 0; i < samples.length && run < 3; i++) run = Math.abs(samples[i]!) >= fullScale ? run + 1 : 0;
  return run === 3;
}

/** Returns the error with the path of the file. */
function withPath(error: unknown, path: string): unknown {
  if (!(error instanceof EngraftError) || error.kind !== "DataError") return error;
  const { reason } = error.details;
  if (typeof reason !== "string") return error;
  return new EngraftError("DataError", `cannot read ${JSON.stringify(path)}: ${reason}`, {
    ...(error.help !== undefined && { help: error.help }),
    code: "broken-sound",
    details: { reason, path },
    cause: error,
  });
}

/** Returns the reason in an error of {@link readSound}, for lists of skipped files. */
export function reasonOf(error: unknown): string {
  if (error instanceof EngraftError) {
    const { reason } = error.details;
    return typeof reason === "string" ? reason : error.message;
  }
  return `it cannot be decoded (${messageOf(error).split("\n")[0]!.trim()})`;
}

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
