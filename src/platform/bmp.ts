import { readBmpHeader } from "./bmp-header.js";

/**
 * A decoded Windows bitmap. libvips does not read this format. Uncompressed files with 1, 4, 8, 16, 24 or 32 bits per
 * pixel are supported. Layout: 14 bytes file header, then BITMAPINFOHEADER (40 bytes or more), then masks or palette,
 * then rows padded to 4 bytes, last row first unless the height is negative.
 * @see BITMAPINFOHEADER in Microsoft's Windows GDI documentation
 */
export interface Bitmap {
  readonly height: number;
  readonly width: number;
  /** uint8[height, width, 3], RGB. */
  readonly data: Uint8Array;
}

/** @throws Error with the reason if the file is damaged or not supported */
export function readBmp(bytes: Uint8Array): Bitmap {
  const { height, width, downwards, bits, compression, headerSize, start } = readBmpHeader(bytes);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const stride = Math.ceil((width * bits) / 32) * 4;
  if (start + stride * height > bytes.length)
    throw new Error(`BMP ends too early: ${bytes.length} of ${start + stride * height} bytes`);
  const color = colorReader(view, bits, compression, headerSize, start);
  const data = new Uint8Array(height * width * 3);
  for (let y = 0; y < height; y++) {
    const row = start + (downwards ? y : height - 1 - y) * stride;
    for (let x = 0; x < width; x++) {
      const rgb = color(row, x);
      const i = (y * width + x) * 3;
      data[i] = rgb >>> 16;
      data[i + 1] = (rgb >>> 8) & 255;
      data[i + 2] = rgb & 255;
    }
  }
  return { height, width, data };
}

/** Returns a bitmap as an uncompressed file with 24 bits per pixel. */
export function writeBmp({ height, width, data }: Bitmap): Uint8Array {
  const [start, stride] = [54, Math.ceil((3 * width) / 4) * 4];
  const bytes = new Uint8Array(start + stride * height);
  const view = new DataView(bytes.buffer);
  bytes.set([0x42, 0x4d]);
  view.setUint32(2, bytes.length, true);
  view.setUint32(10, start, true);
  view.setUint32(14, 40, true);
  view.setInt32(18, width, true);
  // Negative: the first row first.
  view.setInt32(22, -height, true);
  view.setUint16(26, 1, true);
  view.setUint16(28, 24, true);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      for (let channel = 0; channel < 3; channel++)
        bytes[start + y * stride + 3 * x + 2 - channel] = data[3 * (y * width + x) + channel]!;
  return bytes;
}

/** (row offset, column) -> 0xRRGGBB */
function colorReader(
  view: DataView,
  bits: number,
  compression: number,
  headerSize: number,
  start: number,
): (row: number, x: number) => number {
  if (bits === 1 || bits === 4 || bits === 8) {
    const first = 14 + headerSize;
    const colors = Math.max(0, Math.min(2 ** bits, Math.floor((start - first) / 4)));
    const palette = Array.from({ length: colors }, (_, i) => view.getUint32(first + 4 * i, true) & 0xffffff);
    const each = 8 / bits;
    return (row, x) => {
      const shift = 8 - bits * ((x % each) + 1);
      const index = (view.getUint8(row + Math.floor(x / each)) >>> shift) & (2 ** bits - 1);
      return palette[index] ?? 0;
    };
  }
  if (bits === 24)
    return (row, x) =>
      view.getUint8(row + 3 * x) |
      (view.getUint8(row + 3 * x + 1) << 8) |
      (view.getUint8(row + 3 * x + 2) << 16);
  if (bits === 16 || bits === 32) {
    const standard = bits === 16 ? [0x7c00, 0x3e0, 0x1f] : [0xff0000, 0xff00, 0xff];
    const masks = compression === 3 ? [54, 58, 62].map((at) => view.getUint32(at, true)) : standard;
    const [r, g, b] = masks.map(channel) as [Channel, Channel, Channel];
    const read =
      bits === 16 ? (at: number) => view.getUint16(at, true) : (at: number) => view.getUint32(at, true);
    return (row, x) => {
      const value = read(row + (bits / 8) * x);
      return (r(value) << 16) | (g(value) << 8) | b(value);
    };
  }
  throw new Error(`BMP with ${bits} bits a pixel is not supported`);
}

type Channel = (value: number) => number;

/** Returns the bits under a mask, scaled to 0 … 255. */
function channel(mask: number): Channel {
  if (mask === 0) return () => 0;
  let shift = 0;
  while (((mask >>> shift) & 1) === 0) shift++;
  const max = mask >>> shift;
  return (value) => Math.round((((value & mask) >>> shift) * 255) / max);
}
