import type { SoundCodec, SoundData, SoundLimits } from "../platform.js";

/** Bytes that are decoded at once. FLAC can store 1,000 samples in a byte, so limits are checked often. */
const chunkBytes = 2 ** 14;

interface Decoder {
  decode(chunk: Uint8Array): { readonly channelData: readonly Float32Array[]; readonly sampleRate: number };
  flush?(): ReturnType<Decoder["decode"]>;
  free(): void;
}

/** Opens a decoder. Each is a WebAssembly program that is loaded with its first file. */
async function openDecoder(codec: SoundCodec): Promise<Decoder> {
  if (codec === "flac") return (await import("@audio/decode-flac")).decoder();
  if (codec === "mp3") return (await import("@audio/decode-mp3")).decoder();
  if (codec === "vorbis") return (await import("@audio/decode-vorbis")).decoder();
  return (await import("@audio/decode-opus")).decoder();
}

/** Decodes a file in this thread, see `Sounds.decode`. @throws RangeError above a limit; errors of the decoder */
export async function decodeCodec(
  bytes: Uint8Array,
  codec: SoundCodec,
  { samples: most, milliseconds, signal }: SoundLimits,
): Promise<SoundData> {
  const decoder = await openDecoder(codec);
  const end = Date.now() + milliseconds;
  const pieces: (readonly Float32Array[])[] = [];
  let [rate, frames] = [0, 0];
  const keep = ({ channelData, sampleRate }: ReturnType<Decoder["decode"]>): void => {
    const length = channelData[0]?.length ?? 0;
    if (length === 0) return;
    // A stream that changes its format in the middle is read up to there.
    if (pieces.length > 0 && (sampleRate !== rate || channelData.length !== pieces[0]!.length)) return;
    rate = sampleRate;
    frames += length;
    pieces.push(channelData);
    if (frames * channelData.length > most) throw new RangeError("too many samples");
  };
  try {
    for (let at = 0; at < bytes.length; at += chunkBytes) {
      signal?.throwIfAborted();
      if (Date.now() > end) throw new RangeError("took too long");
      keep(decoder.decode(bytes.slice(at, at + chunkBytes)));
    }
    if (decoder.flush) keep(decoder.flush());
  } finally {
    decoder.free();
  }
  return { rate, channels: joined(pieces, frames) };
}

function joined(pieces: readonly (readonly Float32Array[])[], frames: number): Float32Array[] {
  return (pieces[0] ?? []).map((_, c) => {
    const channel = new Float32Array(frames);
    let at = 0;
    for (const piece of pieces) {
      channel.set(piece[c]!, at);
      at += piece[c]!.length;
    }
    return channel;
  });
}
