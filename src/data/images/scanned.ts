import type { Unusable } from "../scan-memory.js";

/** The scan result of an image, or the reason why it is unusable. */
export type Scanned =
  | {
      readonly sha256: string;
      readonly thumbnail: Uint8Array;
      readonly frames: number;
      /** After EXIF rotation, in pixels. */
      readonly width: number;
      readonly height: number;
      /** EXIF orientation, 1 … 8. */
      readonly orientation: number;
      /** EXIF time at which it was taken, and time of its file: milliseconds since 1970. */
      readonly taken?: number;
      readonly modified?: number;
    }
  | Unusable;

/** A store of thumbnails of one size. */
export interface ThumbnailStore {
  /** Side of the thumbnails, in pixels. */
  readonly side: number;
  /** Stores a thumbnail, and returns the stored one. */
  readonly keep: (thumbnail: Uint8Array) => Uint8Array;
}

/** Returns a store that keeps thumbnails in blocks, since 20,000 small arrays would take twice the memory. */
export function thumbnailBlocks(side: number): ThumbnailStore {
  const size = 3 * side * side;
  const atOnce = 1024;
  let block = new Uint8Array(0);
  let used = 0;
  const keep = (thumbnail: Uint8Array): Uint8Array => {
    if (used + size > block.length) {
      block = new Uint8Array(atOnce * size);
      used = 0;
    }
    const stored = block.subarray(used, used + size);
    stored.set(thumbnail);
    used += size;
    return stored;
  };
  return { side, keep };
}
