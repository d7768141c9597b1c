import type { WarningText } from "../../core/messages/message.js";
import { baseOf, folderOf, stemOf } from "../boxes/folder-content.js";
import type { Skipped } from "../dataset.js";
import { count, quoted } from "../split/found.js";

const maskFolder = /^(masks?|labels?|annotations?|segmentationclass|gt|ground_?truth)$/i;
const imageFolder = /^(images?|imgs?|jpegimages|pictures)$/i;
const maskEnding = /[_-](mask|gt|label)$/i;

interface MaskPair {
  readonly id: string;
  readonly mask: string;
}

/** Finds images and masks of one name, in folders that differ by `images` and `masks` only. */
export function findMaskPairs(pictures: readonly string[]): {
  readonly pairs: MaskPair[];
  readonly skipped: Skipped[];
  readonly warnings: WarningText[];
} {
  const isMask = (id: string) =>
    folderOf(id)
      .split("/")
      .some((name) => maskFolder.test(name)) || maskEnding.test(stemOf(baseOf(id)));
  const keyOf = (id: string) => {
    const folders = folderOf(id)
      .split("/")
      .filter((name) => !maskFolder.test(name) && !imageFolder.test(name));
    return [...folders, stemOf(baseOf(id)).replace(maskEnding, "")].join("/");
  };
  const images = new Map(pictures.filter((id) => !isMask(id)).map((id) => [keyOf(id), id]));
  const pairs: MaskPair[] = [];
  const lost: Skipped[] = [];
  for (const mask of pictures.filter(isMask)) {
    const id = images.get(keyOf(mask));
    if (id === undefined) lost.push({ item: mask, reason: "there is no picture for this mask" });
    else pairs.push({ id, mask });
  }
  const paired = new Set(pairs.map(({ id }) => id));
  const without = [...images.values()].filter((id) => !paired.has(id));
  const message = `${count(without.length, "picture")} left out, since there is no mask: ${quoted(without)}`;
  return {
    pairs,
    skipped: lost,
    warnings: without.length > 0 ? [{ code: "pictures_without_annotation", message }] : [],
  };
}

/**
 * True if all pictures are in folders such as `images` and `masks`, and no mask has the name of a picture. These folders are no classes.
 */
export function areUnpairedMasks(pictures: readonly string[]): boolean {
  const folders = pictures.map((id) => folderOf(id).split("/"));
  const masks = folders.filter((names) => names.some((name) => maskFolder.test(name))).length;
  const images = folders.filter((names) => names.some((name) => imageFolder.test(name))).length;
  return masks > 0 && images > 0 && masks + images === pictures.length;
}
