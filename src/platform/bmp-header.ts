/**
 * Header of a Windows bitmap; {@link readBmp} in bmp.ts reads the pixels.
 * @see BITMAPINFOHEADER in Microsoft's Windows GDI documentation
 */
export interface BitmapHeader {
  readonly height: number;
  readonly width: number;
  /** True if the first row is the top row. */
  readonly downwards: boolean;
  readonly bits: number;
  /** 0: none, 3: none with masks. */
  readonly compression: number;
  /** Size of the header in bytes, and the offset of the pixels. */
  readonly headerSize: number;
  readonly start: number;
}

export function isBmp(bytes: Uint8Array): boolean {
  return bytes.length >= 54 && bytes[0] === 0x42 && bytes[1] === 0x4d;
}

/** @throws Error with the reason if the kind of file is not supported */
export function readBmpHeader(bytes: Uint8Array): BitmapHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = view.getUint32(10, true);
  const headerSize = view.getUint32(14, true);
  if (headerSize < 40 || headerSize > 124)
    throw new Error(`BMP header of ${headerSize} bytes is not supported`);
  const width = view.getInt32(18, true);
  const signedHeight = view.getInt32(22, true);
  const bits = view.getUint16(28, true);
  const compression = view.getUint32(30, true);
  if (width <= 0 || signedHeight === 0) throw new Error(`BMP of ${width} × ${signedHeight} pixels`);
  if (compression !== 0 && compression !== 3) throw new Error("compressed BMP is not supported");
  return {
    height: Math.abs(signedHeight),
    width,
    downwards: signedHeight < 0,
    bits,
    compression,
    headerSize,
    start,
  };
}
