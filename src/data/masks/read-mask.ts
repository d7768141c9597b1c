import { pictureFileLimit } from "../../core/file-limits.js";
import type { Platform } from "../../platform/platform.js";
import type { Size } from "../boxes/box.js";
import { drawLabels } from "../dense/resample.js";
import { fillTransform } from "../dense/transform.js";
import { drawRegions } from "./draw-regions.js";
import type { LabelMap } from "./label-map.js";
import type { MaskDataset, MaskItem } from "./mask-dataset.js";
import { classesOfMask } from "./mask-values.js";
import { readPng } from "./read-png.js";

/**
 * Returns the mask of an item: a class for each pixel, 255 for pixels that no loss and no score counts. A mask that is stored in
 * another size is resampled to the nearest pixel. A mask of outlines is drawn in the size.
 *
 * @param size of the mask. Default: that of the item's image
 * @throws DataError for a damaged file, and for a colour that is missing in the colour map
 * @example const { data } = await readMask(platform, dataset, dataset.items[0]);
 */
export async function readMask(
  platform: Platform,
  { kind, colours }: Pick<MaskDataset, "kind" | "colours">,
  item: Pick<MaskItem, "mask" | "width" | "height">,
  size: Size = item,
): Promise<LabelMap> {
  const { mask } = item;
  if (typeof mask !== "string") return drawRegions(mask, item, size);
  const png = await readPng(await platform.files.read(mask, { limit: pictureFileLimit }), mask);
  const stored = { width: png.width, height: png.height, data: classesOfMask(png, kind, colours, mask) };
  const { width, height } = size;
  if (png.width === width && png.height === height) return stored;
  const labels = { width, height, data: new Uint8Array(width * height) };
  drawLabels(labels, stored, fillTransform(stored, size));
  return labels;
}
