import { messageOf, stopIf } from "../../../core/errors.js";
import type { Platform, SoundCodec, SoundData } from "../../../platform/platform.js";
import { checkSound, type DecodedSound, sampleLimit, soundError } from "../sound.js";
import { readWav } from "./read-wav.js";
import { formatOf, type SoundFormat } from "./sound-format.js";
import { readSoundHeader, type SoundHeader } from "./sound-header.js";

/** Part of the key of everything computed from decoded samples: increase it if a change here changes the samples. */
export const decodeSoundVersion = 1;

const codecs: Readonly<Record<Exclude<SoundFormat, "WAV">, SoundCodec>> = {
  FLAC: "flac",
  MP3: "mp3",
  "Ogg Vorbis": "vorbis",
  Opus: "opus",
};

/** Longest time to decode: 10 s, and 1 s for each megabyte. */
const timeLimit = (bytes: Uint8Array): number => 10_000 + bytes.length / 1000;

/**
 * Decodes a sound file. Samples of PCM are s / 2^(bits − 1), so WAV and FLAC files of one recording have the same samples.
 * @throws DataError with the reason
 */
export async function decodeSound(
  platform: Pick<Platform, "sounds">,
  bytes: Uint8Array,
  signal?: AbortSignal,
): Promise<DecodedSound & { readonly format: SoundFormat }> {
  const format = formatOf(bytes);
  if (format === "WAV") return { format, ...readWav(bytes) };
  const header = readSoundHeader(bytes, format);
  checkSound(header);
  const milliseconds = timeLimit(bytes);
  const decoded = await platform.sounds
    .decode(bytes, codecs[format], { samples: sampleLimit, milliseconds, signal })
    .catch((error: unknown) => {
      stopIf(signal);
      throw decodeError(error, milliseconds);
    });
  checkLength(decoded, header);
  const { rate, channels } = decoded;
  checkSound({ rate, channels: channels.length });
  if (format === "FLAC") for (const channel of channels) rescale(channel, header.bits!);
  // The MP3 decoder gives two equal channels for one.
  return { format, rate, channels: channels.slice(0, header.channels) };
}

function decodeError(error: unknown, milliseconds: number): Error {
  const why = messageOf(error);
  if (why === "too many samples")
    return soundError(
      `it decodes to more than ${sampleLimit / 2 ** 20} million samples, more than its header states`,
    );
  if (why === "took too long")
    return soundError(`it took longer than ${Math.round(milliseconds / 1000)} seconds to decode`);
  return soundError(`it is damaged (${why})`);
}

/** @throws DataError for a file that holds less than its header states */
function checkLength({ rate, channels }: SoundData, { frames, tolerance, cut }: SoundHeader): void {
  const length = channels[0]?.length ?? 0;
  if (length === 0 && frames === 0) throw soundError("it holds no samples");
  if (length === 0) throw soundError("it is damaged: nothing of it can be decoded");
  const seconds = (n: number) => (n / rate).toFixed(2);
  if (cut) throw soundError(`it is truncated after ${seconds(length)} seconds`);
  if (frames !== undefined && length < frames - tolerance)
    throw soundError(`it is truncated: ${seconds(length)} of ${seconds(frames)} seconds`);
}

/** Turns samples s / (2^(bits − 1) − 1), as the FLAC decoder gives them, into s / 2^(bits − 1). */
function rescale(channel: Float32Array, bits: number): void {
  const [from, to] = [2 ** (bits - 1) - 1, 2 ** (bits - 1)];
  for (let i = 0; i < channel.length; i++) channel[i] = Math.round(channel[i]! * from) / to;
}
