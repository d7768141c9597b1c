import {
  isSegmentationDetails,
  type SegmentationDetails,
  unpackMap,
} from "../../evaluate/segmentation/segmentation-details.js";
import type { Platform } from "../../platform/platform.js";
import { maskOutcomes } from "../../report/overlay/outcomes.js";
import type { MasksReportData } from "../../report/pages/dense/masks-report.js";
import { detailsIn } from "./details-file.js";
import { type Drawing, drawPictures, pathInside } from "./draw-pictures.js";

/** Reads what the report of a segmenter shows besides the result. @param samples false: no pictures */
export async function masksReportParts(
  platform: Platform,
  run: string,
  classes: readonly string[],
  samples: boolean,
): Promise<Pick<MasksReportData, "details" | "drawings">> {
  const isSound = (json: unknown): json is SegmentationDetails => isSegmentationDetails(json, classes.length);
  const details = await detailsIn(platform, run, isSound);
  if (!details) return {};
  return { details, ...(samples && { drawings: await drawWorstMasks(platform, details) }) };
}

/** Draws the error maps of a segmenter on those of its worst pictures that are still there. */
export function drawWorstMasks(
  platform: Platform,
  { worst, root }: Pick<SegmentationDetails, "worst" | "root">,
): Promise<Record<string, string>> {
  const drawings = worst.flatMap(({ item, width, height, map }): Drawing[] => {
    const path = pathInside(platform, root, item);
    const mask = maskOutcomes(unpackMap(map), map);
    return path === undefined ? [] : [{ item, path, size: { width, height }, content: { mask } }];
  });
  return drawPictures(platform, drawings);
}
