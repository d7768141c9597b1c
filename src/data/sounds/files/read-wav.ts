import { checkSound, type DecodedSound, soundError } from "../sound.js";

// Source: Microsoft and IBM, Multimedia Programming Interface and Data Specifications 1.0 (1991); WAVEFORMATEXTENSIBLE; EBU Tech 3306
// (RF64); ITU-T G.711 for A-law and mu-law.

/** Codes of sample formats in a `fmt ` chunk. */
const pcm = 1;
const float = 3;
const aLaw = 6;
const muLaw = 7;
const extensible = 0xfffe;

/** Names of common formats that are not read. */
const otherFormats: Readonly<Record<number, string>> = {
  2: "Microsoft ADPCM",
  17: "IMA ADPCM",
  49: "GSM 6.10",
  80: "MPEG layer 2",
  85: "MP3",
  353: "Windows Media Audio",
};

/** Bytes 2 … 15 of the GUID of an extensible format, whose first two are the code of the format. */
const guidTail = "000000001000800000aa00389b71";

interface Format {
  readonly code: number;
  readonly channels: number;
  readonly rate: number;
  /** Bytes of one sample. */
  readonly width: number;
}

/**
 * Reads a WAV file: PCM of 8 to 32 bits, float of 32 and 64 bits, A-law and mu-law, as RIFF or RF64, with chunks in any order. A data
 * length of 0 or 0xFFFFFFFF, or one beyond the file, means up to the end of the file.
 *
 * @returns samples / 2^(bits − 1)
 * @throws DataError for other formats, and for headers that contradict themselves
 */
export function readWav(bytes: Uint8Array): DecodedSound {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { format, data, wrongLength } = findChunks(bytes, view);
  const frames = Math.floor((data.end - data.first) / (format.width * format.channels));
  checkSound({ ...format, channels: format.channels, frames });
  const samples = new DataView(bytes.buffer, bytes.byteOffset + data.first, data.end - data.first);
  const read = sampleReader(format, samples);
  const channels = Array.from({ length: format.channels }, (_, c) => {
    const channel = new Float32Array(frames);
    const step = format.channels * format.width;
    for (let i = 0, at = c * format.width; i < frames; i++, at += step) channel[i] = read(at);
    return channel;
  });
  return { rate: format.rate, channels, ...(wrongLength && { wrongLength }) };
}

/** Finds the format and the place of the samples. */
function findChunks(bytes: Uint8Array, view: DataView) {
  const name = (at: number): string => String.fromCharCode(...bytes.subarray(at, at + 4));
  let format: Format | undefined;
  let data: { first: number; end: number } | undefined;
  let wrongLength = false;
  let longData: number | undefined;
  for (let at = 12; at + 8 <= bytes.length; ) {
    const [id, first] = [name(at), at + 8];
    let size = view.getUint32(at + 4, true);
    if (id === "ds64" && size >= 16 && first + 16 <= bytes.length)
      longData = Number(view.getBigUint64(first + 8, true));
    else if (id === "fmt ") format ??= readFormat(view, first, size);
    else if (id === "data" && data === undefined) {
      if (size === 0xffffffff && longData !== undefined) size = longData;
      const unknown = size === 0 ? !isChunk(bytes, view, first) : first + size > bytes.length;
      wrongLength = unknown && bytes.length > first;
      if (unknown) size = bytes.length - first;
      data = { first, end: first + size };
    }
    // A chunk of odd length is followed by a byte of padding.
    at = first + size + (size % 2);
  }
  if (format === undefined) throw soundError("its WAV header ends before the format of the samples");
  if (data === undefined) throw soundError("it is a WAV file without samples");
  return { format, data, wrongLength };
}

/** True if a chunk begins here, so the data before it is empty on purpose. */
function isChunk(bytes: Uint8Array, view: DataView, at: number): boolean {
  if (at + 8 > bytes.length) return at === bytes.length;
  const isName = bytes.subarray(at, at + 4).every((byte) => byte >= 0x20 && byte < 0x7f);
  return isName && at + 8 + view.getUint32(at + 4, true) <= bytes.length;
}

function readFormat(view: DataView, at: number, size: number): Format {
  if (size < 16 || at + 16 > view.byteLength)
    throw soundError("its WAV header ends before the format of the samples");
  let code = view.getUint16(at, true);
  const [channels, rate] = [view.getUint16(at + 2, true), view.getUint32(at + 4, true)];
  const [align, bits] = [view.getUint16(at + 12, true), view.getUint16(at + 14, true)];
  if (code === extensible) {
    if (size < 40 || at + 40 > view.byteLength)
      throw soundError("its WAV header ends before the format of the samples");
    const tail = Array.from({ length: 14 }, (_, i) =>
      view
        .getUint8(at + 26 + i)
        .toString(16)
        .padStart(2, "0"),
    );
    if (tail.join("") !== guidTail) throw soundError("its WAV header names an unknown format");
    code = view.getUint16(at + 24, true);
  }
  checkSound({ rate, channels });
  const width = Math.ceil(bits / 8);
  const known =
    (code === pcm && width >= 1 && width <= 4) ||
    (code === float && (bits === 32 || bits === 64)) ||
    ((code === aLaw || code === muLaw) && bits === 8);
  if (!known)
    throw soundError(
      code === pcm || code === float || code === aLaw || code === muLaw
        ? `its WAV header states ${bits} bits in format ${code}, which do not exist together`
        : `its samples are stored as ${otherFormats[code] ?? `format ${code}`}, which cannot be read`,
      "convert it, for example: ffmpeg -i in.wav -c:a pcm_s16le out.wav",
    );
  if (align !== width * channels)
    throw soundError(
      `its WAV header contradicts itself: ${align} bytes for ${channels === 1 ? "1 channel" : `${channels} channels`} of ${bits} bits`,
    );
  return { code, channels, rate, width };
}

/** Returns a function from the place of a sample to its value. */
function sampleReader({ code, width }: Format, view: DataView): (at: number) => number {
  if (code === float)
    return width === 4 ? (at) => view.getFloat32(at, true) : (at) => view.getFloat64(at, true);
  if (code === aLaw || code === muLaw) {
    const table = Float32Array.from({ length: 256 }, (_, byte) =>
      code === aLaw ? aLawValue(byte) : muLawValue(byte),
    );
    return (at) => table[view.getUint8(at)]!;
  }
  // 8 bits are unsigned, with silence at 128.
  if (width === 1) return (at) => (view.getUint8(at) - 128) / 128;
  if (width === 2) return (at) => view.getInt16(at, true) / 0x8000;
  if (width === 4) return (at) => view.getInt32(at, true) / 0x80000000;
  return (at) => (view.getUint16(at, true) + view.getInt8(at + 2) * 0x10000) / 0x800000;
}

/** ITU-T G.711, table 1a: sign, 3 bits of exponent, 4 of mantissa, even bits inverted. 13 bits, scaled to 16. */
function aLawValue(byte: number): number {
  const code = byte ^ 0x55;
  const exponent = (code >> 4) & 7;
  const mantissa = ((code & 15) << 4) + 8;
  const size = exponent === 0 ? mantissa : (mantissa + 0x100) << (exponent - 1);
  return (code & 0x80 ? size : -size) / 0x8000;
}

/** ITU-T G.711, table 2a: all bits inverted, bias 33. 14 bits, scaled to 16. */
function muLawValue(byte: number): number {
  const code = ~byte & 0xff;
  const exponent = (code >> 4) & 7;
  const size = ((((code & 15) << 3) + 0x84) << exponent) - 0x84;
  return (code & 0x80 ? -size : size) / 0x8000;
}
