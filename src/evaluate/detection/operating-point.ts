import type { OperatingPoint } from "../../core/results/dense/detection.js";
import type { ClassMatches } from "./match.js";

/** Detections match a truth of their class at this IoU: the first of `iouThresholds`. */
const bit = 1;

const point = (threshold: number, right: number, wrong: number, missed: number): OperatingPoint => ({
  threshold,
  right,
  wrong,
  missed,
  precision: right + wrong === 0 ? null : right / (right + wrong),
  recall: right + missed === 0 ? null : right / (right + missed),
  f1: right + wrong + missed === 0 ? 1 : (2 * right) / (2 * right + wrong + missed),
});

/**
 * Returns a point for each different score of the detections of some classes together, by falling threshold. Detections match at an IoU
 * of 0.5. A detection that matches a crowd or a difficult object counts neither as right nor as wrong.
 */
export function operatingPoints(classes: readonly ClassMatches[]): OperatingPoint[] {
  const truths = countTruths(classes);
  const all: { score: number; right: boolean }[] = [];
  for (const { scores, hits, ignored } of classes)
    for (let i = 0; i < scores.length; i++)
      if ((ignored[i]! & bit) === 0) all.push({ score: scores[i]!, right: (hits[i]! & bit) !== 0 });
  all.sort((a, b) => b.score - a.score);
  const points: OperatingPoint[] = [];
  let [right, wrong] = [0, 0];
  for (const [i, one] of all.entries()) {
    if (one.right) right++;
    else wrong++;
    // A threshold cannot separate equal scores.
    if (all[i + 1]?.score !== one.score) points.push(point(one.score, right, wrong, truths - right));
  }
  return points;
}

/** Returns the point with the highest F1; of equal ones that with the highest threshold. Without detections, the threshold is 1. */
export function bestPoint(classes: readonly ClassMatches[]): OperatingPoint {
  const points = operatingPoints(classes);
  const none = point(1, 0, 0, countTruths(classes));
  return points.reduce((best, one) => (one.f1 > best.f1 ? one : best), points[0] ?? none);
}

/** Returns the counts of some classes together if detections with a score of at least each threshold are kept. */
export function pointsAt(classes: readonly ClassMatches[], thresholds: readonly number[]): OperatingPoint[] {
  const points = operatingPoints(classes);
  const truths = countTruths(classes);
  return thresholds.map((threshold) => {
    const { right, wrong } = points.findLast((one) => one.threshold >= threshold) ?? { right: 0, wrong: 0 };
    return point(threshold, right, wrong, truths - right);
  });
}

const countTruths = (classes: readonly ClassMatches[]): number =>
  classes.reduce((sum, one) => sum + one.truths.reduce((a, b) => a + b, 0), 0);
