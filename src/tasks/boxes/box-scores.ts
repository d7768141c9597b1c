import type { DetectionTest } from "../../core/results/dense/detection.js";
import type { Detection } from "../../data/boxes/box.js";
import type { BoxItem } from "../../data/boxes/box-dataset.js";
import { groupsOfItems } from "../../data/split/groups.js";
import { matchClasses } from "../../evaluate/detection/match.js";
import { pointsAt } from "../../evaluate/detection/operating-point.js";
import { scoreDetection } from "../../evaluate/detection/score-detection.js";
import { asPictures } from "./detector.js";

/** Nine digits suffice for measured numbers. */
const short = (values: Iterable<number>): number[] => Array.from(values, (v) => Number(v.toPrecision(9)));

/** Scores detections of some images. Intervals are over their groups, if they have any. @param threshold of the operating point */
export function scoreBoxes(
  items: readonly BoxItem[],
  detections: readonly (readonly Detection[])[],
  classes: readonly string[],
  threshold: number,
): DetectionTest {
  const pictures = asPictures(items, detections);
  const { shares, ...scores } = scoreDetection(pictures, classes, { groups: groupsOfItems(items) });
  const { ap, ap_ci95 } = scores;
  return {
    ...scores,
    metric: { name: "map", value: ap ?? 0, ci95: ap_ci95, higher_is_better: true },
    at_threshold: pointsAt(matchClasses(pictures, classes.length), [threshold])[0]!,
    scores: { metric: "map", k: 1, values: short(shares!) },
  };
}
