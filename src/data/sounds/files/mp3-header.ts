// Source: ISO/IEC 11172-3 and 13818-3, section 2.4.2.3; the Xing and LAME tags as LAME writes them.

/** Kilobits per second by index 1 … 14, for version 1 and versions 2 and 2.5. */
const bitrates = {
  v1: {
    1: [32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448],
    2: [32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384],
    3: [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
  },
  v2: {
    1: [32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256],
    2: [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
    3: [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
  },
} as const;
/** Samples per second by index, for version 1. Version 2 has half of it, version 2.5 a quarter. */
const rates = [44_100, 48_000, 32_000] as const;
/** Bytes that are searched for the first frame. */
const searched = 2 ** 16;

/** The header of a frame. */
export interface Mp3Frame {
  readonly at: number;
  readonly rate: number;
  readonly channels: 1 | 2;
  /** Samples of a channel in each frame. */
  readonly samples: number;
  /** Bytes. */
  readonly length: number;
  /** Bytes between the header and the first data of a frame of layer 3. */
  readonly sideInfo: number;
}

/** Finds the first frame after an ID3 tag. A frame is followed by another one of the same rate, or by the end. */
export function findFrame(bytes: Uint8Array): Mp3Frame | undefined {
  const first = tagLength(bytes);
  for (let at = first; at < Math.min(bytes.length, first + searched); at++) {
    const frame = frameAt(bytes, at);
    if (frame === undefined) continue;
    const next = at + frame.length;
    if (next >= bytes.length ? at === first : frameAt(bytes, next)?.rate === frame.rate) return frame;
  }
  return undefined;
}

/** Bytes of an ID3v2 tag: a header of 10, and a length in 4 times 7 bits. */
function tagLength(bytes: Uint8Array): number {
  if (bytes.length < 10 || String.fromCharCode(...bytes.subarray(0, 3)) !== "ID3") return 0;
  const [a, b, c, d] = bytes.subarray(6, 10) as unknown as [number, number, number, number];
  return 10 + ((a & 127) << 21) + ((b & 127) << 14) + ((c & 127) << 7) + (d & 127);
}

function frameAt(bytes: Uint8Array, at: number): Mp3Frame | undefined {
  if (at + 4 > bytes.length || bytes[at] !== 0xff || (bytes[at + 1]! & 0xe0) !== 0xe0) return undefined;
  const [second, third, fourth] = [bytes[at + 1]!, bytes[at + 2]!, bytes[at + 3]!];
  // 0: version 2.5, 2: version 2, 3: version 1. Layers are counted down.
  const version = (second >> 3) & 3;
  const layer = (4 - ((second >> 1) & 3)) as 1 | 2 | 3 | 4;
  const base = rates[(third >> 2) & 3];
  if (version === 1 || layer === 4 || base === undefined) return undefined;
  const kilobits = bitrates[version === 3 ? "v1" : "v2"][layer][(third >> 4) - 1];
  if (kilobits === undefined) return undefined;
  const rate = version === 3 ? base : version === 2 ? base / 2 : base / 4;
  const channels = fourth >> 6 === 3 ? 1 : 2;
  const samples = layer === 1 ? 384 : layer === 3 && version !== 3 ? 576 : 1152;
  const padding = (third >> 1) & 1;
  const length =
    layer === 1
      ? 4 * (Math.floor((12_000 * kilobits) / rate) + padding)
      : Math.floor((samples * 125 * kilobits) / rate) + padding;
  const sideInfo = version === 3 ? (channels === 1 ? 17 : 32) : channels === 1 ? 9 : 17;
  return { at, rate, channels, samples, length, sideInfo };
}

/** Returns the number of samples that a Xing or Info tag states, without the encoder's delay and padding; undefined without a tag. */
export function statedSamples(bytes: Uint8Array, { at, samples, sideInfo }: Mp3Frame): number | undefined {
  const tag = at + 4 + sideInfo;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (tag + 12 > bytes.length) return undefined;
  if (!/^(Xing|Info)$/.test(String.fromCharCode(...bytes.subarray(tag, tag + 4)))) return undefined;
  const flags = view.getUint32(tag + 4);
  if ((flags & 1) === 0) return undefined;
  const all = view.getUint32(tag + 8) * samples;
  // Frames, bytes, a table of 100 bytes and a quality come before the tag of the encoder, each if its flag is set.
  const encoder = tag + 12 + (flags & 2 ? 4 : 0) + (flags & 4 ? 100 : 0) + (flags & 8 ? 4 : 0);
  if (encoder + 24 > bytes.length) return all;
  const [a, b, c] = bytes.subarray(encoder + 21, encoder + 24) as unknown as [number, number, number];
  return Math.max(0, all - ((a << 4) | (b >> 4)) - (((b & 15) << 8) | c));
}
