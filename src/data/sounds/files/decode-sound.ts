import { messageOf, stopIf } from "../../../core/errors.js";
import { decodeTime, sampleLimit } from "../../../core/file-limits.js";
import type { Platform, SoundCodec, SoundData } from "../../../platform/platform.js";
import { checkSound, type DecodedSound, soundError } from "../sound.js";
import { findFrame, statedSamples } from "./mp3-header.js";
import { readWav } from "./read-wav.js";
import { formatOf, type SoundFormat } from "./sound-format.js";

/** Part of the key of everything computed from decoded samples: increase it if a change here changes the samples. */
export const decodeSoundVersion = 1;

const codecs: Readonly<Record<Exclude<SoundFormat, "WAV">, SoundCodec>> = {
  FLAC: "flac",
  MP3: "mp3",
  "Ogg Vorbis": "vorbis",
  Opus: "opus",
};

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
  const milliseconds = decodeTime(bytes);
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

// Source: RFC 9639 (FLAC), RFC 3533 (Ogg), RFC 7845 (Opus), Vorbis I specification, section 4.2.2.

/** What the header of a compressed sound states. */
interface SoundHeader {
  readonly rate: number;
  readonly channels: number;
  /** Samples of a channel; missing if the header states none. */
  readonly frames?: number;
  /** Samples of a channel that may be missing in a whole file. */
  readonly tolerance: number;
  /** Bits of a sample, for FLAC. */
  readonly bits?: number;
  /** True if the end of the file is missing. */
  readonly cut?: boolean;
}

/** Rate of all decoded Opus files. */
const opusRate = 48_000;

/** Reads the header of a compressed sound. @throws DataError if it is incomplete */
function readSoundHeader(bytes: Uint8Array, format: Exclude<SoundFormat, "WAV">): SoundHeader {
  if (format === "FLAC") return flacHeader(bytes);
  if (format === "MP3") return mp3Header(bytes);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  // The first packet begins at byte 28, with 7 characters for Vorbis and 8 for Opus.
  if (bytes.length < 58) throw soundError("it ends in its header");
  const { granule, cut } = lastPage(bytes, view);
  if (format === "Opus") {
    const skipped = view.getUint16(38, true);
    return oggHeader(opusRate, view.getUint8(37), Math.max(0, granule - skipped), cut);
  }
  return oggHeader(view.getUint32(40, true), view.getUint8(39), granule, cut);
}

const oggHeader = (rate: number, channels: number, frames: number, cut: boolean): SoundHeader => ({
  // The last page of a cut file says how far it goes, not how far it went.
  rate,
  channels,
  ...(cut ? { cut } : { frames }),
  // Decoders drop at most a packet of the start: 120 ms.
  tolerance: Math.ceil(0.12 * rate),
});

/** Returns the position of the last page of an Ogg file, in samples, and whether the file ends inside of a page. */
function lastPage(bytes: Uint8Array, view: DataView): { readonly granule: number; readonly cut: boolean } {
  let granule = 0;
  let at = 0;
  while (at + 27 <= bytes.length && String.fromCharCode(...bytes.subarray(at, at + 4)) === "OggS") {
    const table = at + 27 + view.getUint8(at + 26);
    if (table > bytes.length) break;
    let end = table;
    for (let i = at + 27; i < table; i++) end += bytes[i]!;
    if (end > bytes.length) break;
    const position = view.getBigInt64(at + 6, true);
    // −1: no packet ends on this page.
    if (position >= 0n) granule = Number(position);
    at = end;
  }
  return { granule, cut: at < bytes.length && isOgg(bytes, at) };
}

/** True if a page begins here, even one that is not complete. */
const isOgg = (bytes: Uint8Array, at: number): boolean =>
  "OggS".startsWith(String.fromCharCode(...bytes.subarray(at, at + 4)));

function flacHeader(bytes: Uint8Array): SoundHeader {
  // In Ogg, the native header follows 37 bytes of page and packet headers.
  const start = bytes[0] === 0x4f ? 37 : 0;
  if (bytes.length < start + 42) throw soundError("it ends in its header");
  const view = new DataView(bytes.buffer, bytes.byteOffset + start + 8);
  const packed = view.getUint32(10);
  const high = view.getUint8(13) & 15;
  const frames = high * 2 ** 32 + view.getUint32(14);
  return {
    rate: packed >>> 12,
    channels: ((packed >>> 9) & 7) + 1,
    bits: ((packed >>> 4) & 31) + 1,
    frames: frames > 0 ? frames : undefined,
    tolerance: 0,
  };
}

function mp3Header(bytes: Uint8Array): SoundHeader {
  const frame = findFrame(bytes);
  if (frame === undefined) throw soundError("it ends in its header");
  const frames = statedSamples(bytes, frame);
  const { rate, channels, samples } = frame;
  // Decoders differ by the delay of the filters, which is shorter than two frames.
  return { rate, channels, tolerance: 2 * samples, frames };
}
