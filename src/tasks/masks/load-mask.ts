import type { Size } from "../../data/boxes/box.js";
import { PixelCache } from "../../data/index.js";
import type { LabelMap } from "../../data/masks/label-map.js";
import type { MaskDataset, MaskItem } from "../../data/masks/mask-dataset.js";
import { readMask } from "../../data/masks/read-mask.js";
import type { Platform } from "../../platform/platform.js";

/** Returns the mask of an item. It must not be changed. @param size of the mask. Default: that of the item's picture */
export type LoadMask = (item: MaskItem, size?: Size) => Promise<LabelMap>;

/** Returns a function that reads masks, unless it has kept them: a mask takes as long to decode as its picture. */
export function maskLoader(platform: Platform, data: MaskDataset): LoadMask {
  // Masks of the network's size and of the original size.
  const kept = PixelCache.ofSize(2 * data.items.reduce((sum, { width, height }) => sum + width * height, 0));
  return async (item, size = item) => {
    const { width, height } = size;
    const key = `${item.id} ${width}x${height}`;
    const found = kept.get(key);
    if (found !== undefined) return found;
    const mask = await readMask(platform, data, item, { width, height });
    kept.offer(key, mask);
    return mask;
  };
}
