import { thumbnailSide } from "./duplicate-groups.js";

/** Content of an image: its hash and a thumbnail, or why it cannot be used. */
export type Scanned =
  | { readonly sha256: string; readonly thumbnail: Uint8Array; readonly frames: number }
  | { readonly reason: string; readonly missing: boolean };

/** Returns the usable images with their content, and the unusable ones with their reason. */
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

/** Stores thumbnails in blocks: 20,000 small arrays would take twice the memory. */
export type Keep = (thumbnail: Uint8Array) => Uint8Array;

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
    const kept = block.subarray(used, used + size);
    kept.set(thumbnail);
    used += size;
    return kept;
  };
}
