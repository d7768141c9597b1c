import type { Detection } from "../../data/boxes/box.js";
import type { BoxItem } from "../../data/boxes/box-dataset.js";
import { type BoxSizeRow, boxCountTable, boxSizeTable } from "../../evaluate/detection/box-tables.js";
import { detectionCalibration } from "../../evaluate/detection/detection-calibration.js";
import type { DetectionDetails, MatchedPicture } from "../../evaluate/detection/detection-details.js";
import { errorGains } from "../../evaluate/detection/error-gains.js";
import { detectionConfusion } from "../../evaluate/detection/error-kinds.js";
import { type DetectionPicture, matchClasses } from "../../evaluate/detection/match.js";
import { f1Curve, precisionRecallCurve } from "../../evaluate/detection/score-curves.js";
import { worstPictures } from "../../evaluate/detection/worst-pictures.js";
import { boxOutcomes } from "../../report/overlay/outcomes.js";
import { itemsIn } from "../dense/as-dataset.js";
import type { BoxPredictions } from "./box-predictions.js";
import type { BoxFacts } from "./calibrate-boxes.js";
import { asPictures, type Detector } from "./detector.js";

/** Most images that a report shows. */
const most = 24;

/** Returns what the report of a detector shows besides its scores. */
export function boxDetails(
  detector: Detector,
  { test: detections }: BoxPredictions,
  { threshold, uncalibrated }: BoxFacts,
): DetectionDetails {
  const { classes, root } = detector.data;
  const items = itemsIn(detector, "test");
  const pictures = asPictures(items, detections);
  const matches = matchClasses(pictures, classes.length);
  const binsOf = (found: readonly (readonly Detection[])[]) =>
    detectionCalibration(asPictures(items, found), classes.length).bins;
  return {
    format: 1,
    root,
    confusion: detectionConfusion(pictures, classes.length, threshold),
    by_class: boxCountTable(matches, classes, threshold),
    ...countBoxes(detector),
    errors: errorGains(pictures, classes.length, threshold),
    precision_recall: matches.map(
      (one) => precisionRecallCurve(one)?.map(({ precision }) => precision) ?? null,
    ),
    by_threshold: f1Curve(matches).map(({ precision, recall, f1 }) => ({ precision, recall, f1 })),
    reliability: { before: binsOf(uncalibrated), after: binsOf(detections) },
    worst: matchedPictures(items, pictures, classes, threshold),
  };
}

/** Counts true boxes by class and split, and those of the test split by size. */
function countBoxes(detector: Detector): Pick<DetectionDetails, "boxes" | "sizes"> {
  const { items, classes } = detector.data;
  const tableOf = (some: readonly BoxItem[]) =>
    boxSizeTable(
      some.map(({ objects }) => ({ truths: objects })),
      classes,
    );
  const [train, validation, test] = (["train", "validation", "test"] as const).map((part) =>
    tableOf(itemsIn(detector, part)),
  ) as [BoxSizeRow[], BoxSizeRow[], BoxSizeRow[]];
  const sum = (size: "small" | "medium" | "large"): number => test.reduce((n, row) => n + row[size], 0);
  return {
    boxes: tableOf(items).map(({ name, small, medium, large, side }, k) => ({
      name,
      train: train[k]!.boxes,
      validation: validation[k]!.boxes,
      test: test[k]!.boxes,
      small,
      medium,
      large,
      side,
    })),
    sizes: { small: sum("small"), medium: sum("medium"), large: sum("large") },
  };
}

/** Returns the images with the worst errors. */
function matchedPictures(
  items: readonly BoxItem[],
  pictures: readonly DetectionPicture[],
  classes: readonly string[],
  threshold: number,
): MatchedPicture[] {
  return worstPictures(pictures, threshold)
    .filter(({ trouble }) => trouble > 0)
    .slice(0, most)
    .map(({ picture, found, wrong, missed }) => {
      const { id, width, height } = items[picture]!;
      const boxes = boxOutcomes(pictures[picture]!, threshold, classes).map(
        ({ label, box, score, outcome = "found" }) => ({
          label,
          box,
          outcome,
          ...(score !== undefined && { score }),
        }),
      );
      return { item: id, width, height, found, wrong, missed, boxes };
    });
}
