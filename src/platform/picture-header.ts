import { isBmp, readBmpHeader } from "./bmp-header.js";
import { type Exif, hasExifMark, readExif } from "./exif.js";
import type { PictureHeader } from "./platform.js";

/**
 * Reads format, size and frames of an image file without a decoder. A file that ends before its format's own end is
 * refused here, because browsers decode half an image without an error.
 * @throws Error with the reason, as decoders do
 * @see ITU-T T.81 B.1 (JPEG), RFC 2083 (PNG), GIF89a, RFC 9649 (WebP), ISO/IEC 23008-12 (ispe, of AVIF)
 */
export function readPictureHeader(bytes: Uint8Array): PictureHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const is = (at: number, text: string): boolean =>
    bytes.length >= at + text.length && [...text].every((c, i) => bytes[at + i] === c.charCodeAt(0));
  try {
    if (bytes[0] === 0xff && bytes[1] === 0xd8) return jpeg(view);
    if (is(0, "\x89PNG\r\n\x1a\n")) return png(view, is);
    if (is(0, "GIF8")) return gif(view);
    if (is(0, "RIFF") && is(8, "WEBP")) return webp(view, is);
    if (isBmp(bytes)) {
      const { height, width } = readBmpHeader(bytes);
      return { format: "bmp", height, width, frames: 1 };
    }
    if (is(4, "ftyp")) return isobmff(view, is);
  } catch (error) {
    // A read outside the file.
    if (error instanceof RangeError) throw tooShort();
    throw error;
  }
  if (is(0, "II*\0") || is(0, "MM\0*")) throw new Error("browsers do not decode TIFF");
  throw new Error("unsupported image format");
}

const tooShort = (): Error => new Error("the file ends too early");

type Is = (at: number, text: string) => boolean;

function jpeg(view: DataView): PictureHeader {
  let size: { height: number; width: number } | undefined;
  let exif: Exif | undefined;
  for (let at = 2; ; ) {
    while (view.getUint8(at) !== 0xff || view.getUint8(at + 1) === 0xff) at++;
    const marker = view.getUint8(at + 1);
    const length = view.getUint16(at + 2);
    // C4, C8 and CC are tables; the other Cn begin a frame.
    if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker))
      size = { height: view.getUint16(at + 5), width: view.getUint16(at + 7) };
    if (marker === 0xe1 && !exif) exif = exifOf(view, at + 4, length - 2);
    at += 2 + length;
    if (marker === 0xda) {
      if (!size) throw new Error("JPEG without a frame");
      requireEnd(view, at);
      const { height, width } = size;
      const { orientation = 1, taken } = exif ?? {};
      const upright = orientation < 5 ? { height, width } : { height: width, width: height };
      return {
        ...{ format: "jpeg", ...upright, frames: 1 },
        ...(orientation > 1 && { orientation }),
        ...(taken !== undefined && { taken }),
      };
    }
  }
}

/** Returns what a segment's EXIF data say. From orientation 5 on, height and width are swapped. Undefined for other data, such as XMP. */
function exifOf(view: DataView, at: number, length: number): Exif | undefined {
  const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength).subarray(at, at + length);
  return hasExifMark(bytes) ? readExif(bytes) : undefined;
}

/** Checks for the end marker FF D9 anywhere after the start of the data: cameras write more data after it. */
function requireEnd(view: DataView, from: number): void {
  for (let at = view.byteLength - 2; at >= from; at--)
    if (view.getUint8(at) === 0xff && view.getUint8(at + 1) === 0xd9) return;
  throw tooShort();
}

function png(view: DataView, is: Is): PictureHeader {
  let frames = 1;
  for (let at = 8; !is(at + 4, "IEND"); at += 12 + view.getUint32(at)) {
    if (is(at + 4, "acTL")) frames = view.getUint32(at + 8);
    // Otherwise a chunk of length 0xffffffff would go backwards.
    if (at + 12 + view.getUint32(at) > view.byteLength) throw tooShort();
  }
  return { format: "png", height: view.getUint32(20), width: view.getUint32(16), frames };
}

function gif(view: DataView): PictureHeader {
  const table = (flags: number): number => (flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0);
  const [width, height] = [view.getUint16(6, true), view.getUint16(8, true)];
  let at = 13 + table(view.getUint8(10));
  const skipBlocks = (): void => {
    for (; view.getUint8(at) !== 0; at += 1 + view.getUint8(at));
    at++;
  };
  for (let frames = 0; ; ) {
    const kind = view.getUint8(at);
    if (kind === 0x3b) return { format: "gif", height, width, frames: Math.max(1, frames) };
    if (kind === 0x21) at += 2;
    else if (kind === 0x2c) {
      frames++;
      at += 11 + table(view.getUint8(at + 9));
    } else throw new Error(`GIF with a block of kind ${kind}`);
    skipBlocks();
  }
}

function webp(view: DataView, is: Is): PictureHeader {
  const end = 8 + view.getUint32(4, true);
  if (end > view.byteLength) throw tooShort();
  const u24 = (at: number): number => view.getUint16(at, true) | (view.getUint8(at + 2) << 16);
  if (is(12, "VP8X")) {
    let frames = 0;
    for (let at = 12; at + 8 <= end; at += 8 + 2 * Math.ceil(view.getUint32(at + 4, true) / 2))
      if (is(at, "ANMF")) frames++;
    return { format: "webp", height: u24(27) + 1, width: u24(24) + 1, frames: Math.max(1, frames) };
  }
  if (is(12, "VP8L")) {
    const bits = view.getUint32(21, true);
    return { format: "webp", height: ((bits >>> 14) & 0x3fff) + 1, width: (bits & 0x3fff) + 1, frames: 1 };
  }
  const side = (at: number): number => view.getUint16(at, true) & 0x3fff;
  return { format: "webp", height: side(28), width: side(26), frames: 1 };
}

/** The property boxes of AVIF and HEIC are within this many bytes. */
const properties = 2 ** 16;

function isobmff(view: DataView, is: Is): PictureHeader {
  let [height, width] = [0, 0];
  for (let at = 8; at < Math.min(view.byteLength - 16, properties); at++) {
    if (view.getUint8(at) !== 0x69 || !is(at, "ispe")) continue;
    const [w, h] = [view.getUint32(at + 8), view.getUint32(at + 12)];
    if (w * h > width * height) [width, height] = [w, h];
  }
  const format = is(8, "avif") || is(8, "avis") ? "avif" : "heif";
  return { format, height, width, frames: is(8, "avis") ? 2 : 1 };
}
