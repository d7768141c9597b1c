import type { SegmentationTest } from "../../core/results/dense/segmentation.js";
import type { MaskItem } from "../../data/masks/mask-dataset.js";
import { groupsOfItems } from "../../data/split/groups.js";
import { recordedScores } from "../../evaluate/recorded-scores.js";
import { scoreMasks } from "../../evaluate/segmentation/score-masks.js";

/**
 * Scores masks of some images. Intervals are over their groups, if they have any.
 * @param counts `maskConfusion` of each image
 */
export function scoreCounts(
  items: readonly Pick<MaskItem, "id" | "group">[],
  counts: readonly Float64Array[],
  classes: readonly string[],
): SegmentationTest {
  const { shares, ...scores } = scoreMasks(counts, classes, groupsOfItems(items));
  const { miou, miou_ci95 } = scores;
  return {
    ...scores,
    metric: { name: "miou", value: miou ?? 0, ci95: miou_ci95, higher_is_better: true },
    ...recordedScores({ metric: "miou", k: 1, values: Array.from(shares) }),
  };
}
