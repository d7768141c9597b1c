import type { SegmentationTest } from "../../core/results/dense/segmentation.js";
import { recordedScores } from "../../evaluate/recorded-scores.js";
import { iouShares } from "../../evaluate/segmentation/iou-shares.js";
import { scoreMasks } from "../../evaluate/segmentation/score-masks.js";

/** Scores masks of some images. @param counts `maskConfusion` of each image */
export function scoreCounts(counts: readonly Float64Array[], classes: readonly string[]): SegmentationTest {
  const scores = scoreMasks(counts, classes);
  const { miou, miou_ci95 } = scores;
  const values = Array.from(iouShares(counts, classes.length));
  return {
    ...scores,
    metric: { name: "miou", value: miou ?? 0, ci95: miou_ci95, higher_is_better: true },
    ...recordedScores({ metric: "miou", k: 1, values }),
  };
}
