import {
  isSegmentationDetails,
  type SegmentationDetails,
  unpackMap,
} from "../../evaluate/segmentation/segmentation-details.js";
import type { Platform } from "../../platform/platform.js";
import { maskOutcomes } from "../../report/overlay/outcomes.js";
import { pathInside } from "../../run/report/data-files.js";
import { type Drawing, drawPictures } from "../../run/report/draw-pictures.js";
import { detailsIn } from "../dense/details-file.js";
import type { PicturesById } from "../dense/worst-pictures.js";
import type { MasksShown } from "./masks-sheet.js";

/** Reads what the page of a segmenter shows besides the result. @param samples false: no pictures */
export async function shownMasks(
  platform: Platform,
  { run, classes }: { readonly run: string; readonly classes: readonly string[] },
  samples: boolean,
): Promise<MasksShown> {
  const isSound = (json: unknown): json is SegmentationDetails => isSegmentationDetails(json, classes.length);
  const details = await detailsIn(platform, run, isSound);
  return { details, drawings: details && samples ? await drawWorst(platform, details) : undefined };
}

/** Draws the error maps of a segmenter on those of its worst pictures that are still there. */
function drawWorst(
  platform: Platform,
  { worst, root }: Pick<SegmentationDetails, "worst" | "root">,
): Promise<PicturesById> {
  const drawings = worst.flatMap(({ item, width, height, map }): Drawing[] => {
    const path = pathInside(platform, root, item);
    const mask = maskOutcomes(unpackMap(map), map);
    return path === undefined ? [] : [{ item, path, size: { width, height }, content: { mask } }];
  });
  return drawPictures(platform, drawings);
}
