import { fromBase64, toBase64 } from "../base64.js";
import type { ScanLines } from "../scan-memory.js";
import type { Scanned, ThumbnailStore } from "./scanned.js";

/** The scan result of a readable image. */
export type ScannedPicture = Exclude<Scanned, { readonly reason: string }>;

/** Returns how scan results are cached: hash, thumbnail in base64, frames, width, height, orientation, and the EXIF time or 0. */
export const pictureLines = ({ side, keep }: ThumbnailStore): ScanLines<ScannedPicture> => ({
  write: ({ sha256, thumbnail, frames, width, height, orientation, taken = 0 }) => [
    ...[sha256, toBase64(thumbnail), frames, width, height, orientation, taken],
  ],
  read([sha256, thumbnail, ...numbers]) {
    const good =
      numbers.length === 5 &&
      numbers.every(Number.isInteger) &&
      typeof sha256 === "string" &&
      /^[0-9a-f]{64}$/.test(sha256) &&
      typeof thumbnail === "string" &&
      // Characters in base64: 4 for 3 bytes, no padding since the length divides by 3.
      thumbnail.length === 4 * side * side;
    const pixels = good ? fromBase64(thumbnail) : undefined;
    if (!good || pixels === undefined) return undefined;
    const [frames, width, height, orientation, taken] = numbers as [number, number, number, number, number];
    const content = { sha256, thumbnail: keep(pixels), frames, width, height, orientation };
    return taken > 0 ? Object.assign(content, { taken }) : content;
  },
});
