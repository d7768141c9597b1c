import type { OperatingPoint } from "../../core/results/dense/detection.js";
import { boxArea } from "../../data/boxes/box.js";
import { median } from "../../linalg/quantile.js";
import { type ClassMatches, sizeRanges, type TrueBox } from "./match.js";
import { pointsAt } from "./operating-point.js";

/** Sizes of the true boxes of a class. Regions of many objects (crowds) are left out. */
export interface BoxSizeRow {
  readonly name: string;
  readonly boxes: number;
  /** Number of images with at least one. */
  readonly pictures: number;
  /** Number of boxes of up to 32² pixels, of up to 96², and larger ones. */
  readonly small: number;
  readonly medium: number;
  readonly large: number;
  /** Median of the square root of the area, in pixels; null without a box. */
  readonly side: number | null;
}

/**
 * Returns the number and sizes of the true boxes by class.
 * @param pictures true boxes of each image
 * @param names classes
 */
export function boxSizeTable(
  pictures: readonly { readonly truths: readonly TrueBox[] }[],
  names: readonly string[],
): BoxSizeRow[] {
  return names.map((name, label) => {
    const own = pictures.map(({ truths }) => truths.filter((one) => one.label === label && !one.crowd));
    const areas = own.flat().map(({ area, box }) => area ?? boxArea(box));
    const small = areas.filter((area) => area <= sizeRanges.small[1]).length;
    const large = areas.filter((area) => area > sizeRanges.large[0]).length;
    return {
      name,
      boxes: areas.length,
      small,
      medium: areas.length - small - large,
      large,
      pictures: own.filter((boxes) => boxes.length > 0).length,
      side: median(areas.map(Math.sqrt)) ?? null,
    };
  });
}

/** Detections of a class at a threshold. */
export interface BoxCountRow extends OperatingPoint {
  readonly name: string;
}

/**
 * Returns for each class how many boxes are found, wrong and missed at a threshold. Boxes match at an IoU of 0.5.
 * @param classes one element for each class
 * @param threshold detections with a lower score are left out, 0 … 1
 */
export const boxCountTable = (
  classes: readonly ClassMatches[],
  names: readonly string[],
  threshold: number,
): BoxCountRow[] => names.map((name, k) => ({ name, ...pointsAt([classes[k]!], [threshold])[0]! }));
