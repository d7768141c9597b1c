import type { OperatingPoint } from "../../core/results/dense/detection.js";
import { type ClassMatches, recallLevels } from "./match.js";
import { pointsAt } from "./operating-point.js";

/** A point of a precision–recall curve. */
export interface PrecisionRecallPoint {
  /** 0, 0.01, … 1. */
  readonly recall: number;
  /** Highest precision at this recall or a higher one; 0 if it is not reached. */
  readonly precision: number;
  /** Highest score down to which detections must be kept for this recall; null if it is not reached. */
  readonly threshold: number | null;
}

/**
 * Returns the precision–recall curve of a class at the 101 recall levels of COCO. The mean of its precisions is the average precision.
 *
 * @param threshold position in `iouThresholds`. Default 0: an IoU of 0.5
 * @returns undefined for a class without a true box
 * @example precisionRecallCurve(matchClasses(pictures, classes.length)[0]!)
 */
export function precisionRecallCurve(
  { scores, hits, ignored, truths }: ClassMatches,
  threshold = 0,
): PrecisionRecallPoint[] | undefined {
  const bit = 1 << threshold;
  const all = truths.reduce((sum, n) => sum + n, 0);
  if (all === 0) return undefined;
  const points: { recall: number; precision: number; threshold: number }[] = [];
  let [right, wrong] = [0, 0];
  for (let i = 0; i < scores.length; i++) {
    if ((ignored[i]! & bit) !== 0) continue;
    if ((hits[i]! & bit) !== 0) right++;
    else wrong++;
    points.push({ recall: right / all, precision: right / (right + wrong), threshold: scores[i]! });
  }
  for (let i = points.length - 2; i >= 0; i--)
    points[i]!.precision = Math.max(points[i]!.precision, points[i + 1]!.precision);
  return recallLevels.map((recall) => {
    const reached = points.find((one) => one.recall >= recall);
    return { recall, precision: reached?.precision ?? 0, threshold: reached?.threshold ?? null };
  });
}

/**
 * Returns precision, recall and F1 of some classes together at the thresholds 0, 0.01, … 1: the F1–confidence curve. Boxes match at
 * an IoU of 0.5.
 */
export const f1Curve = (classes: readonly ClassMatches[]): OperatingPoint[] =>
  pointsAt(
    classes,
    Array.from({ length: 101 }, (_, i) => i / 100),
  );
