import { type DetectionDetails, isDetectionDetails } from "../../evaluate/detection/detection-details.js";
import type { Platform } from "../../platform/platform.js";
import type { BoxesReportData } from "../../report/pages/dense/boxes-report.js";
import { detailsIn } from "./details-file.js";
import { type Drawing, drawPictures, pathInside } from "./draw-pictures.js";

/** Reads what the report of a detector shows besides the result. @param samples false: no pictures */
export async function boxesReportParts(
  platform: Platform,
  run: string,
  classes: readonly string[],
  samples: boolean,
): Promise<Pick<BoxesReportData, "details" | "drawings">> {
  const isSound = (json: unknown): json is DetectionDetails => isDetectionDetails(json, classes.length);
  const details = await detailsIn(platform, run, isSound);
  if (!details) return {};
  return { details, ...(samples && { drawings: await drawWorst(platform, details, classes) }) };
}

/** Draws the worst pictures of a detector that are still there. */
export function drawWorst(
  platform: Platform,
  { worst, root }: Pick<DetectionDetails, "worst" | "root">,
  classes: readonly string[],
): Promise<Record<string, string>> {
  const drawings = worst.flatMap(({ item, width, height, boxes }): Drawing[] => {
    const path = pathInside(platform, root, item);
    const named = boxes.map((one) => ({ ...one, name: classes[one.label]! }));
    return path === undefined ? [] : [{ item, path, size: { width, height }, content: { boxes: named } }];
  });
  return drawPictures(platform, drawings);
}
