import { EngraftError } from "../../core/errors.js";
import { picturePixelLimit } from "../../core/file-limits.js";

/**
 * A PNG as it is stored: grey levels and palette indices as they are, without scaling to 8 bit, colour management or transparency.
 * Decoders of photographs expand palettes and scale 1-bit files to 0 and 255, so class numbers would be lost.
 */
export interface StoredPng {
  readonly width: number;
  readonly height: number;
  /** Bits of a value: 1, 2, 4, 8 or 16. */
  readonly depth: number;
  readonly colour: "grey" | "rgb" | "palette" | "grey-alpha" | "rgba";
  /** Values of a pixel. */
  readonly channels: number;
  /** [height, width, channels]. */
  readonly values: Uint8Array | Uint16Array;
  /** Red, green and blue of each index. */
  readonly palette?: Uint8Array;
}

const colours: Readonly<Record<number, readonly [StoredPng["colour"], number]>> = {
  0: ["grey", 1],
  2: ["rgb", 3],
  3: ["palette", 1],
  4: ["grey-alpha", 2],
  6: ["rgba", 4],
};
const signature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

/** True for the signature of PNG. */
export const isPng = (bytes: Uint8Array): boolean => signature.every((byte, i) => bytes[i] === byte);

/**
 * Reads a PNG without any conversion.
 * @param name for messages
 * @throws DataError for a damaged, interlaced or too large file
 * @see PNG specification, third edition, sections 9 (filtering) and 11 (chunks)
 */
export async function readPng(bytes: Uint8Array, name: string): Promise<StoredPng> {
  const refuse = (what: string, help = "save it again as PNG"): EngraftError =>
    new EngraftError("DataError", `cannot read the mask ${JSON.stringify(name)}: ${what}`, { help });
  if (!isPng(bytes))
    throw refuse("it is no PNG", "masks must be PNG: other formats change the values of pixels");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let header: { width: number; height: number; depth: number; type: number; interlaced: boolean } | undefined;
  let palette: Uint8Array | undefined;
  const data: Uint8Array<ArrayBuffer>[] = [];
  for (let at = 8; at + 12 <= bytes.length; ) {
    const length = view.getUint32(at);
    const kind = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    if (at + 12 + length > bytes.length) throw refuse("it ends too early");
    const body = bytes.slice(at + 8, at + 8 + length);
    if (kind === "IHDR" && length >= 13) {
      const [width, height] = [view.getUint32(at + 8), view.getUint32(at + 12)];
      header = { width, height, depth: body[8]!, type: body[9]!, interlaced: body[12] !== 0 };
    } else if (kind === "PLTE") palette = body;
    else if (kind === "IDAT") data.push(body);
    else if (kind === "IEND") break;
    at += 12 + length;
  }
  const known = header && colours[header.type];
  if (!header || !known || ![1, 2, 4, 8, 16].includes(header.depth)) throw refuse("its header is damaged");
  const { width, height, depth } = header;
  const [colour, channels] = known;
  if (header.interlaced) throw refuse("it is interlaced", "save it again without interlacing");
  if (!(width > 0 && height > 0 && width * height <= picturePixelLimit))
    throw refuse(`${width} × ${height} pixels are not possible: at most 100 million are`);
  if ((colour === "palette") !== (palette !== undefined) && colour === "palette")
    throw refuse("it has no palette");
  const rowBytes = Math.ceil((width * channels * depth) / 8);
  const raw = await inflate(data, height * (rowBytes + 1)).catch(() => undefined);
  if (raw === undefined) throw refuse("its content is damaged or ends too early");
  if (!unfilter(raw, height, rowBytes, Math.max(1, (channels * depth) >> 3)))
    throw refuse("its content is damaged");
  const values = unpack(raw, height, rowBytes, width * channels, depth);
  return { width, height, depth, colour, channels, values, palette };
}

/** Inflates data to exactly `size` bytes, and stops there, so a small file cannot fill the memory. @throws for less data */
async function inflate(parts: readonly Uint8Array<ArrayBuffer>[], size: number): Promise<Uint8Array> {
  const out = new Uint8Array(size);
  const reader = new Blob([...parts]).stream().pipeThrough(new DecompressionStream("deflate")).getReader();
  let at = 0;
  while (at < size) {
    const { done, value } = await reader.read();
    if (done) throw new Error("too short");
    const piece = value.subarray(0, size - at);
    out.set(piece, at);
    at += piece.length;
  }
  await reader.cancel().catch(() => undefined);
  return out;
}

/** Undoes the filters of the rows, in place. The first byte of a row is its filter. @returns false for an unknown filter */
function unfilter(raw: Uint8Array, height: number, rowBytes: number, pixelBytes: number): boolean {
  const stride = rowBytes + 1;
  for (let row = 0; row < height; row++) {
    const start = row * stride + 1;
    const filter = raw[start - 1]!;
    if (filter > 4) return false;
    for (let i = 0; filter > 0 && i < rowBytes; i++) {
      const a = i >= pixelBytes ? raw[start + i - pixelBytes]! : 0;
      const b = row > 0 ? raw[start + i - stride]! : 0;
      const c = row > 0 && i >= pixelBytes ? raw[start + i - stride - pixelBytes]! : 0;
      const predicted = filter === 1 ? a : filter === 2 ? b : filter === 3 ? (a + b) >> 1 : paeth(a, b, c);
      raw[start + i]! += predicted;
    }
  }
  return true;
}

function paeth(a: number, b: number, c: number): number {
  const [pa, pb, pc] = [Math.abs(b - c), Math.abs(a - c), Math.abs(a + b - 2 * c)];
  return pa <= pb && pa <= pc ? a : pb <= pc ? b : c;
}

/** Returns the values of all rows. @param n values of a row */
function unpack(
  raw: Uint8Array,
  height: number,
  rowBytes: number,
  n: number,
  depth: number,
): Uint8Array | Uint16Array {
  const out = depth === 16 ? new Uint16Array(height * n) : new Uint8Array(height * n);
  const mask = (1 << Math.min(depth, 8)) - 1;
  for (let row = 0; row < height; row++) {
    const start = row * (rowBytes + 1) + 1;
    for (let i = 0; i < n; i++)
      if (depth === 16) out[row * n + i] = (raw[start + 2 * i]! << 8) | raw[start + 2 * i + 1]!;
      else {
        const bit = i * depth;
        out[row * n + i] = (raw[start + (bit >> 3)]! >> (8 - depth - (bit & 7))) & mask;
      }
  }
  return out;
}
