import { type DetectionDetails, isDetectionDetails } from "../../evaluate/detection/detection-details.js";
import type { Platform } from "../../platform/platform.js";
import { pathInside } from "../../run/report/data-files.js";
import { type Drawing, drawPictures } from "../../run/report/draw-pictures.js";
import { detailsIn } from "../dense/details-file.js";
import type { PicturesById } from "../dense/worst-pictures.js";
import type { BoxesShown } from "./boxes-sheet.js";

/** Reads what the page of a detector shows besides the result. @param samples false: no pictures */
export async function shownBoxes(
  platform: Platform,
  { run, classes }: { readonly run: string; readonly classes: readonly string[] },
  samples: boolean,
): Promise<BoxesShown> {
  const isSound = (json: unknown): json is DetectionDetails => isDetectionDetails(json, classes.length);
  const details = await detailsIn(platform, run, isSound);
  return { details, drawings: details && samples ? await drawWorst(platform, details, classes) : undefined };
}

/** Draws the worst pictures of a detector that are still there. */
function drawWorst(
  platform: Platform,
  { worst, root }: Pick<DetectionDetails, "worst" | "root">,
  classes: readonly string[],
): Promise<PicturesById> {
  const drawings = worst.flatMap(({ item, width, height, boxes }): Drawing[] => {
    const path = pathInside(platform, root, item);
    const named = boxes.map((one) => ({ ...one, name: classes[one.label]! }));
    return path === undefined ? [] : [{ item, path, size: { width, height }, content: { boxes: named } }];
  });
  return drawPictures(platform, drawings);
}
