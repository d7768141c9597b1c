import { message, recipeFields } from "../../core/messages/message.js";
import type { DetectionBaseline } from "../../core/results/dense/detection.js";
import { averagePrecisions, meanPrecision } from "../../evaluate/detection/average-precision.js";
import { matchClasses } from "../../evaluate/detection/match.js";
import { bestPoint } from "../../evaluate/detection/operating-point.js";
import { fitConstantBoxes } from "../../methods/dense/index.js";
import { itemsIn } from "../dense/as-dataset.js";
import { scoreBoxes } from "./box-scores.js";
import { asPictures, type Detector } from "./detector.js";

/** Fits the baseline that gives every picture the same boxes. */
export function constantBaseline(detector: Detector): {
  readonly baseline: DetectionBaseline;
  readonly validation: number;
} {
  const begin = performance.now();
  const { classes, seed } = detector.data;
  const [train, held, test] = (["train", "validation", "test"] as const).map((part) =>
    itemsIn(detector, part),
  );
  const { predict, counts } = fitConstantBoxes(train!, held!, classes.length, { seed });
  const matches = matchClasses(asPictures(held!, held!.map(predict)), classes.length);
  return {
    baseline: {
      test: scoreBoxes(test!, test!.map(predict), classes, bestPoint(matches).threshold),
      seconds: (performance.now() - begin) / 1000,
      ...recipeFields([message("constant-boxes", { boxes: counts.reduce((a, b) => a + b, 0) })]),
    },
    validation: meanPrecision(matches.map((one) => averagePrecisions(one))) ?? 0,
  };
}
