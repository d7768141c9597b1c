import { lowest } from "../split/groups.js";
import { coarseSide, joinEqualPictures } from "./equal-pictures.js";
import { thumbnailSide } from "./picture-shape.js";
import { joinSameScenes, mostPictures, scenesOf } from "./same-scenes.js";

export { thumbnailSide };

/** Returns the side of the thumbnails of a set, in pixels: 32; or 12 if no pictures are aligned, since they take a seventh of the memory. */
export const thumbnailSideOf = (pictures: number): number =>
  pictures > mostPictures ? coarseSide : thumbnailSide;

/** The lowest position of each item's group: of exact copies, and of exact and near copies. */
export interface DuplicateGroups {
  readonly exact: Int32Array;
  readonly near: Int32Array;
}

/**
 * Groups exact copies of images, and near copies: scaled, recompressed, slightly lighter or darker, or mirrored. Of images with texture, such as
 * photographs, copies of other brightness and contrast, in grey, turned by quarters or a few degrees, cropped or framed are near copies as well.
 *
 * @param items in any order; pictures are aligned only if all thumbnails have 32 × 32 pixels
 */
export function groupDuplicates(
  items: readonly { readonly sha256: string; readonly thumbnail: Uint8Array }[],
): DuplicateGroups {
  const exact = new Int32Array(items.length);
  const first = new Map<string, number>();
  for (const [i, { sha256 }] of items.entries()) {
    const same = first.get(sha256);
    if (same === undefined) first.set(sha256, i);
    exact[i] = same ?? i;
  }
  const near = Int32Array.from(exact);
  const own = [...first.values()];
  // Coarse thumbnails are computed when needed: stored, they would take more memory than their pixels.
  joinEqualPictures((i) => coarse(items[i]!.thumbnail), items.length, own, near);
  const isFine =
    own.length <= mostPictures && items.every(({ thumbnail }) => thumbnail.length === fineLength);
  if (isFine)
    for (const _ of joinSameScenes(
      scenesOf((i) => items[i]!.thumbnail, own),
      near,
    ));
  return { exact, near: lowest(near) };
}

/** Values of a thumbnail of each size. */
const [fineLength, coarseLength] = [3 * thumbnailSide ** 2, 3 * coarseSide ** 2] as const;

/** For each place of a coarse line, the places of the fine line that it covers, with their shares. */
const covered = Array.from({ length: coarseSide }, (_, i) => {
  const [from, to] = [(i * thumbnailSide) / coarseSide, ((i + 1) * thumbnailSide) / coarseSide];
  const places: (readonly [place: number, share: number])[] = [];
  for (let k = Math.floor(from); k < to; k++)
    places.push([k, (Math.min(k + 1, to) - Math.max(k, from)) / (to - from)]);
  return places;
});

/** Returns a thumbnail with fewer pixels: means over the area of each. @returns uint8[12, 12, 3] */
export function coarse(thumbnail: Uint8Array): Uint8Array {
  if (thumbnail.length === coarseLength) return thumbnail;
  const out = new Uint8Array(coarseLength);
  for (const [y, rows] of covered.entries())
    for (const [x, columns] of covered.entries())
      for (let c = 0; c < 3; c++) {
        let sum = 0;
        for (const [v, a] of rows)
          for (const [u, b] of columns) sum += a * b * thumbnail[3 * (v * thumbnailSide + u) + c]!;
        out[3 * (y * coarseSide + x) + c] = Math.round(sum);
      }
  return out;
}
