import { withDetections } from "../../bases/detection/detection-outputs.js";
import { lowestScore, type ScoreScaling } from "../../bases/detection/detection-settings.js";
import type { ScoreReliability } from "../../core/results/dense/detection.js";
import type { Detection } from "../../data/boxes/box.js";
import { detectionCalibration, fitScoreScaling } from "../../evaluate/detection/detection-calibration.js";
import { matchClasses } from "../../evaluate/detection/match.js";
import { bestPoint } from "../../evaluate/detection/operating-point.js";
import type { Graph } from "../../graph/graph.js";
import type { Calibrated } from "../../run/trainable-task.js";
import { itemsIn } from "../dense/as-dataset.js";
import type { BoxPredictions } from "./box-predictions.js";
import { asPictures, type Detector, outputOptions } from "./detector.js";

type Detections = readonly (readonly Detection[])[];

/** What the validation split decides. */
export interface BoxFacts {
  /** Calibration of each class. */
  readonly scaling: readonly ScoreScaling[];
  /** Calibrated score from which on a detection is shown: that of the highest F1. */
  readonly threshold: number;
  /** Uncalibrated detections of the test split. */
  readonly uncalibrated: Detections;
}

/** Calibrates the scores on the validation split, and appends calibration and suppression to the model. */
export function calibrateBoxes(
  detector: Detector,
  model: Graph,
  answers: BoxPredictions,
): Calibrated<BoxPredictions, BoxFacts> {
  const { classes } = detector.data;
  const items = itemsIn(detector, "validation");
  const scaling = fitScoreScaling(asPictures(items, answers.held!), classes.length);
  const [test, held] = [answers.test, answers.held!].map((one) => rescaled(one, scaling)) as [
    Detections,
    Detections,
  ];
  const { threshold } = bestPoint(matchClasses(asPictures(items, held), classes.length));
  return {
    model: withDetections(model, { ...outputOptions(detector), scaling }),
    answers: { test, held },
    facts: { scaling, threshold, uncalibrated: answers.test },
  };
}

/** Applies p = σ(slope · ln(s / (1 − s)) + offset) to the scores, and sorts each image again. */
function rescaled(detections: Detections, scaling: readonly ScoreScaling[]): Detections {
  return detections.map((own) =>
    own
      .map((one) => {
        const { slope, offset } = scaling[one.label]!;
        return { ...one, score: 1 / (1 + Math.exp(-slope * Math.log(one.score / (1 - one.score)) - offset)) };
      })
      // The saved model has the same limit.
      .filter(({ score }) => score > lowestScore)
      .sort((a, b) => b.score - a.score),
  );
}

/** Compares the scores of test detections with the share of right boxes. */
export function reliabilityOf(detector: Detector, detections: Detections): ScoreReliability {
  const pictures = asPictures(itemsIn(detector, "test"), detections);
  const { n, ece } = detectionCalibration(pictures, detector.data.classes.length);
  return { n, d_ece: ece };
}
