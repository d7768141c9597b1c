import type { ScoreScaling } from "../../bases/detection/detection-settings.js";
import { expectedCalibrationError, type ReliabilityBin, reliability } from "../calibration.js";
import { fitPlatt } from "./fit-platt.js";
import { type DetectionPicture, matchClasses } from "./match.js";

/** Options of {@link fitScoreScaling}. */
export interface ScoreScalingOptions {
  /** Detections with a lower score are left out. Default 0.02. */
  readonly lowest?: number;
  /** A class with fewer detections gets the scaling of all classes together. Default 50. */
  readonly fewest?: number;
}

/**
 * Fits the calibration of each class of a detector (Platt scaling): a score of 0.9 then means that 90 % of such boxes are right. A box is
 * right if its class is, and its IoU with a truth that no better box has is at least 0.5.
 *
 *     p = σ(slope · ln(s / (1 − s)) + offset)
 *
 * Fit it on detections of the validation split, after suppression. The order within a class stays.
 *
 * @param pictures detections with uncalibrated scores
 * @param classes number of classes
 * @returns a scaling for each class, for `DetectionOptions.scaling`; slope 1 and offset 0 with too few detections in all
 */
export function fitScoreScaling(
  pictures: readonly DetectionPicture[],
  classes: number,
  { lowest = 0.02, fewest = 50 }: ScoreScalingOptions = {},
): ScoreScaling[] {
  const samples = scoredDetections(pictures, classes, lowest);
  const fitOf = (own: readonly ScoredDetections[]): ScoreScaling =>
    fitPlatt(
      own.flatMap(({ scores }) => scores),
      own.flatMap(({ right }) => right),
    );
  const count = samples.reduce((sum, { scores }) => sum + scores.length, 0);
  const shared = count < fewest ? { slope: 1, offset: 0 } : fitOf(samples);
  return samples.map((own) => (own.scores.length < fewest ? shared : fitOf([own])));
}

/** Scores of the detections of a class that count, and whether each is right. */
interface ScoredDetections {
  readonly scores: readonly number[];
  readonly right: readonly boolean[];
}

/** Returns the detections of each class that count: without those of crowds and difficult objects. */
function scoredDetections(
  pictures: readonly DetectionPicture[],
  classes: number,
  lowest: number,
): ScoredDetections[] {
  // Bit 0 is the IoU of 0.5.
  return matchClasses(pictures, classes).map(({ scores, hits, ignored }) => {
    const kept = [...scores.keys()].filter((i) => scores[i]! >= lowest && (ignored[i]! & 1) === 0);
    return { scores: kept.map((i) => scores[i]!), right: kept.map((i) => (hits[i]! & 1) !== 0) };
  });
}

/** How far the scores of detections are from the share of right boxes. */
export interface DetectionCalibration {
  /** Number of detections that count. */
  readonly n: number;
  /** Expected calibration error, 0 … 1; null without a detection. */
  readonly ece: number | null;
  /** Mean score and share of right boxes in bins of equal width. */
  readonly bins: readonly ReliabilityBin[];
}

/**
 * Compares the scores of detections with the share of right boxes, all classes together. A box is right if its class is, and its IoU with
 * a truth that no better box has is at least 0.5. The error does not count truths that no box found.
 *
 *     D-ECE = Σ_b (n_b / N) |share of right boxes − mean score|
 *
 * @param lowest detections with a lower score are left out. Default 0.02
 * @see Küppers et al. 2020, Multivariate confidence calibration for object detection, section 3
 */
export function detectionCalibration(
  pictures: readonly DetectionPicture[],
  classes: number,
  { lowest = 0.02, bins = 15 }: { readonly lowest?: number; readonly bins?: number } = {},
): DetectionCalibration {
  const samples = scoredDetections(pictures, classes, lowest);
  const scores = samples.flatMap((own) => own.scores);
  const right = samples.flatMap((own) => own.right);
  return {
    n: scores.length,
    ece: scores.length === 0 ? null : expectedCalibrationError(scores, right, bins),
    bins: reliability(scores, right, bins),
  };
}
