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

/** Divides images into readable ones with their content, and unreadable ones with the reason. */
export function readableOf<Picture extends { readonly id: string }>(
  pictures: readonly Picture[],
  scanned: readonly Scanned[],
) {
  const readable: (Picture & Extract<Scanned, { readonly sha256: string }>)[] = [];
  const unreadable: { item: string; reason: string; missing: boolean }[] = [];
  for (const [i, picture] of pictures.entries()) {
    const result = scanned[i]!;
    if ("reason" in result) unreadable.push({ item: picture.id, ...result });
    else readable.push({ ...picture, ...result });
  }
  return { readable, unreadable };
}

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
