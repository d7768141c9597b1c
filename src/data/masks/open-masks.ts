import { EngraftError } from "../../core/errors.js";
import type { FolderContent } from "../boxes/folder-content.js";
import { openAnnotations } from "../boxes/open-boxes.js";
import { readAnnotations } from "../boxes/read-annotations.js";
import type { MaskDataset } from "./mask-dataset.js";
import { masksOfBoxes } from "./masks-of-boxes.js";
import { type OpenMasksOptions, openMaskPairs } from "./open-mask-pairs.js";

/**
 * Opens images with masks. {@link openMaskPairs} reads masks in PNG files. Without such files, {@link masksOfBoxes} takes the outlines of
 * annotations: polygons and run lengths. `readMask` returns the mask of an item in both cases.
 *
 * @returns undefined if there are neither masks nor outlines
 * @throws DataError for masks or annotations that cannot be used
 */
export async function openMasks(
  content: FolderContent,
  options: OpenMasksOptions = {},
): Promise<MaskDataset | undefined> {
  const pairs = await openMaskPairs(content, options);
  if (pairs !== undefined) return pairs;
  const { platform } = content;
  const annotations = await readAnnotations(content);
  if (!annotations?.pictures.some(({ objects }) => objects.some(({ shape }) => shape !== undefined)))
    return undefined;
  return masksOfBoxes(platform, await openAnnotations(content, annotations, { ...options, platform }));
}

/** Opens images with masks as {@link openMasks} does. @throws DataError if there are neither masks nor outlines */
export async function requireMasks(
  content: FolderContent,
  options: OpenMasksOptions = {},
): Promise<MaskDataset> {
  const data = await openMasks(content, options);
  if (data !== undefined) return data;
  throw new EngraftError("DataError", `no masks found in ${JSON.stringify(content.root)}`, {
    help: "expected PNG files with the names of their pictures, in the folders images and masks or as a.jpg with a_mask.png; or annotations with an outline for at least half of the objects",
  });
}
