import type { Unusable } from "../scan-memory.js";
import { thumbnailSide } from "./duplicate-groups.js";

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
    }
  | Unusable;

/** Stores a thumbnail, and returns the stored one. */
export type Keep = (thumbnail: Uint8Array) => Uint8Array;

/** Returns a function that stores thumbnails in blocks, since 20,000 small arrays would take twice the memory. */
export function thumbnailBlocks(): Keep {
  const size = 3 * thumbnailSide * thumbnailSide;
  const atOnce = 1024;
  let block = new Uint8Array(0);
  let used = 0;
  return (thumbnail) => {
    if (used + size > block.length) {
      block = new Uint8Array(atOnce * size);
      used = 0;
    }
    const stored = block.subarray(used, used + size);
    stored.set(thumbnail);
    used += size;
    return stored;
  };
}
