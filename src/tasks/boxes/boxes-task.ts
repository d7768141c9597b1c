import { headParameters } from "../../bases/dense/dense-head.js";
import { exportDetector } from "../../bases/export.js";
import { recipeFields } from "../../core/messages/message.js";
import type { DetectionResultEvent } from "../../core/results/dense/detection.js";
import type { Detection } from "../../data/boxes/box.js";
import type { BoxItem } from "../../data/boxes/box-dataset.js";
import { matchClasses } from "../../evaluate/detection/match.js";
import { bestPoint } from "../../evaluate/detection/operating-point.js";
import { readScores } from "../../evaluate/recorded-scores.js";
import { namedValidation } from "../../run/folder/old-fields.js";
import type { RunModel, Solved, TrainableTask } from "../../run/trainable-task.js";
import { itemsIn } from "../dense/as-dataset.js";
import { type DenseTrunk, openDenseTrunk } from "../dense/dense-trunk.js";
import { type BoxPredictions, predictBoxes } from "./box-predictions.js";
import { scoreBoxes } from "./box-scores.js";
import { type BoxFacts, calibrateBoxes, reliabilityOf } from "./calibrate-boxes.js";
import { constantBaseline } from "./constant-baseline.js";
import { asPictures, type Detector } from "./detector.js";
import type { FirstPredictions } from "./first-predictions.js";
import { saveBoxes } from "./save-boxes.js";
import { solvePlaces } from "./solve-places.js";

export type BoxRunModel = RunModel<BoxPredictions, Solved<BoxPredictions>, BoxFacts>;

/** Returns the task of object detection. */
export function boxesTask(
  detector: Detector,
  first: FirstPredictions,
): TrainableTask<BoxPredictions, Solved<BoxPredictions>, BoxFacts, DetectionResultEvent, DenseTrunk> {
  const { data, shape, size } = detector;
  const { classes } = data;
  const [held, test] = [itemsIn(detector, "validation"), itemsIn(detector, "test")];
  const scoresOf = (detections: readonly (readonly Detection[])[], threshold: number) =>
    scoreBoxes(test, detections, classes, threshold);
  const heldPoint = (detections: readonly (readonly Detection[])[]): number =>
    bestPoint(matchClasses(asPictures(held, detections), classes.length)).threshold;
  const withoutTraining = ({ probe, solved }: BoxRunModel): DetectionResultEvent["baselines"] => {
    const { features, solving } = solved.seconds;
    if (!probe) return {};
    const seconds = features + solving;
    return {
      probe: { test: scoresOf(probe.test, heldPoint(probe.held!)), seconds, ...recipeFields(solved.recipe) },
    };
  };
  return {
    score: "map",
    samples: "pictures",
    openTrunk: (context) => openDenseTrunk(context, shape.maps),
    headParameters: async () => headParameters(shape),
    solve: (context, trunk) => solvePlaces(context, detector, first, trunk),
    predict: async (context, model, role) => (await predictBoxes(context, detector, model, role)).answers,
    calibrate: async (_context, model, answers) => calibrateBoxes(detector, model, answers),
    scored: ({ test: found }) => readScores(scoresOf(found, 0))!,
    scoredOnValidation: ({ held: found }) => readScores(scoreBoxes(held, found!, classes, 0))!,
    result: async (common, own) => ({
      ...common,
      task: "object-detection",
      classes,
      input: { width: size.width, height: size.height },
      boxes: {
        train: countBoxes(itemsIn(detector, "train")),
        validation: countBoxes(held),
        test: countBoxes(test),
      },
      test: scoresOf(own.answers.test, own.facts.threshold),
      validation: { n: held.length, ...namedValidation("map", own.validation) },
      calibration: {
        before: reliabilityOf(detector, own.facts.uncalibrated),
        after: reliabilityOf(detector, own.answers.test),
      },
      baselines: withoutTraining(own),
    }),
    baselines: async (own, scratch) => {
      const constant = await constantBaseline(detector);
      return {
        baselines: {
          ...withoutTraining(own),
          constant: constant.baseline,
          ...(scratch && {
            scratch: { test: scoresOf(scratch.answers.test, own.facts.threshold), ...scratch.report },
          }),
        },
        validation: { probe: own.solved.validation.score, constant: constant.validation },
      };
    },
    export: async ({ opened }, model, stored) => exportDetector(model, opened.base.preprocessing, stored),
    save: (saved) => saveBoxes(detector, saved),
  };
}

const countBoxes = (items: readonly BoxItem[]): number =>
  items.reduce((sum, { objects }) => sum + objects.length, 0);
